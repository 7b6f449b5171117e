import { Button, Paper, PasswordInput, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Account } from '../../api/operations.ts';
import { useAct } from '../../parts/forms/act.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';

/** Another password. What is typed is kept nowhere, and gone when it was sent. */
export function Password({ account }: { readonly account: Account }) {
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error, reset } = useAct();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const missing = {
      ...(current === '' ? { current: 'Give the present password.' } : {}),
      ...(fresh === '' ? { fresh: 'Choose a new password.' } : {}),
    };
    reset();
    setOwn(missing);
    if (Object.keys(missing).length > 0 || busy) return;
    const isDone = await act(async () => {
      await ask('changePassword', { body: { current, fresh } });
      await client.invalidateQueries({ queryKey: ['listSessions'] });
      tell('The password is changed. You are signed out everywhere else.');
    });
    if (!isDone) return;
    setCurrent('');
    setFresh('');
  };
  const objections = objectionsOf(error, own);
  const shared = { w: '100%', visibilityToggleButtonProps: { 'aria-label': 'Show what is typed' } };
  return (
    <Section title="Password">
      <Paper withBorder p="md">
        <form noValidate onSubmit={(event) => void submit(event)}>
          <Stack align="flex-start" maw={480}>
            <input type="email" autoComplete="username" value={account.email} readOnly hidden />
            <PasswordInput
              {...shared}
              label="Present password"
              autoComplete="current-password"
              value={current}
              onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
              error={objections.current}
            />
            <PasswordInput
              {...shared}
              label="New password"
              description={`${account.shortestPassword} characters or more, of any kind: a sentence, or a few words that do not belong together`}
              autoComplete="new-password"
              value={fresh}
              onChange={({ currentTarget }) => setFresh(currentTarget.value)}
              error={objections.fresh}
            />
            <Text size="sm" c="dimmed">
              You are signed out everywhere else then. Your API keys go on working: end those below that
              somebody else may know.
            </Text>
            {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
            <Button type="submit" variant="default" loading={busy}>
              Change the password
            </Button>
          </Stack>
        </form>
      </Paper>
    </Section>
  );
}
