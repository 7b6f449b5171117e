import { Button, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Account } from '../../api/operations.ts';
import { useAct } from '../../parts/forms/act.ts';
import { isAboutFields, objectionsOf } from '../../parts/forms/objections.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';

/** The own name, which others see. The address stays: it is what one signs in with, and where letters go. */
export function Profile(props: {
  readonly account: Account;
  readonly etag: string | undefined;
  readonly refetch: () => Promise<unknown>;
}) {
  const { account, etag, refetch } = props;
  const client = useQueryClient();
  const [typed, setTyped] = useState<string>();
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const { act, busy, error } = useAct();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const name = (typed ?? account.name).trim();
    setOwn(name === '' ? { name: 'Say your name.' } : {});
    if (name === '' || busy) return;
    const isDone = await act(async () => {
      await ask('changeAccount', { body: { name }, ifMatch: etag });
      for (const list of ['getAccount', 'getCaller', 'listMembers'])
        await client.invalidateQueries({ queryKey: [list] });
      setTyped(undefined);
      tell(`You are ${name} from now on.`);
    });
    if (!isDone) await refetch();
  };
  return (
    <Section title="Profile">
      <Paper withBorder p="md">
        <form noValidate onSubmit={(event) => void submit(event)}>
          <Stack align="flex-start" maw={480}>
            <div>
              <Text size="sm" c="dimmed">
                You sign in as
              </Text>
              <Text className="breakable">{account.email}</Text>
              {account.organisation === undefined ? null : (
                <Text size="sm" c="dimmed" className="breakable">
                  {account.organisation}
                </Text>
              )}
            </div>
            <TextInput
              w="100%"
              label="Name"
              description="What others see, and what the audit log says"
              autoComplete="name"
              maxLength={120}
              value={typed ?? account.name}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              error={objectionsOf(error, own).name}
            />
            {error === null || isAboutFields(error) ? null : <ProblemNotice error={error} />}
            <Button type="submit" variant="default" loading={busy}>
              Change the name
            </Button>
          </Stack>
        </form>
      </Paper>
    </Section>
  );
}
