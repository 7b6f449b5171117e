import { Button, Code, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { MailTrialResult } from '../../api/operations.ts';
import { useAct } from '../../parts/forms/act.ts';
import { FailureNotice } from '../../parts/notices/failure-notice.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Section } from '../../parts/page/section.tsx';

/** Sends a mail at once, and shows what the mail server says. */
export function TryMail() {
  const [to, setTo] = useState('');
  const [result, setResult] = useState<MailTrialResult>();
  const { act, busy, error } = useAct();
  const send = () =>
    act(async () => {
      setResult(undefined);
      const { data } = await ask('tryMail', { body: { to: to.trim() } });
      setResult(data);
    });
  return (
    <Section title="Trial mail">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && to.trim() !== '') void send();
        }}
      >
        <Stack align="flex-start">
          <TextInput
            label="Send a mail to"
            type="email"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={busy}>
            Send it now
          </Button>
          <div role="status">
            {result?.taken === true ? (
              <Text>The mail server took the mail to {result.to}. See whether it arrives.</Text>
            ) : null}
          </div>
          {result?.failure === undefined ? null : <FailureNotice failure={result.failure} />}
          {result === undefined || result.answers.length === 0 ? null : (
            <Code block>{result.answers.join('\n')}</Code>
          )}
          {error === null ? null : <ProblemNotice error={error} />}
        </Stack>
      </form>
    </Section>
  );
}
