import { Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { VaultEntry } from '../../api/operations.ts';
import { useAct } from '../../parts/forms/act.ts';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { tell } from '../../parts/notices/told.tsx';
import { Section } from '../../parts/page/section.tsx';
import { useProof } from '../../parts/proof.tsx';
import { vaultLists } from '../../parts/words/vault-words.ts';

const shownSeconds = 45;

/**
 * Opens the secret of an entry and shows it for less than a minute. It is in no cache and nowhere else than on the screen,
 * and gone from there when the time is over, when it is put away, and when one goes to another screen or page.
 */
export function OpenSecret(props: {
  readonly entry: VaultEntry;
  readonly allowed: boolean;
  readonly owned: boolean;
}) {
  const { entry, allowed, owned } = props;
  const client = useQueryClient();
  const [secret, setSecret] = useState<string>();
  const { act, busy, error } = useAct();
  const { proved, dialog } = useProof();
  const open = () =>
    void act(async () => {
      const { data } = await proved(() => ask('openVaultEntry', { params: { id: entry.id } }));
      setSecret(data.secret);
      for (const list of [...vaultLists, 'getVaultEvidence']) {
        if (list !== 'getVaultEntry') void client.invalidateQueries({ queryKey: [list] });
      }
    });
  return (
    <Section title="Secret">
      <Paper withBorder p="md">
        {secret !== undefined ? (
          <Shown secret={secret} away={() => setSecret(undefined)} />
        ) : allowed ? (
          <Stack align="flex-start">
            <Text size="sm" c="dimmed">
              {owned
                ? 'You are its owner. Opening it is recorded.'
                : 'Its owner shared it with you. Opening it is recorded, and its owner sees it.'}
            </Text>
            <Button onClick={open} loading={busy}>
              Open it
            </Button>
          </Stack>
        ) : (
          <Text size="sm" c="dimmed">
            {entry.owner.name === undefined
              ? 'Sealed. Its owner is gone: an owner of the organisation can give it to somebody.'
              : 'Sealed. Its owner can share it with you, for a reason and a time.'}
          </Text>
        )}
      </Paper>
      {error === null ? null : <ProblemNotice error={error} />}
      {dialog}
    </Section>
  );
}

function Shown({ secret, away }: { readonly secret: string; readonly away: () => void }) {
  const [left, setLeft] = useState(shownSeconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is put away once
  useEffect(() => {
    const end = Date.now() + shownSeconds * 1_000;
    const timer = window.setInterval(() => {
      const rest = Math.ceil((end - Date.now()) / 1_000);
      if (rest <= 0) away();
      else setLeft(rest);
    }, 500);
    // A browser may keep a page that was left, as it was.
    window.addEventListener('pagehide', away);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener('pagehide', away);
    };
  }, []);
  const copy = () =>
    void (navigator.clipboard?.writeText(secret) ?? Promise.reject()).then(
      () => tell('Copied. The clipboard keeps it until something else is copied.'),
      () => tell('This browser lets nothing be copied here: select it by hand.'),
    );
  return (
    <Stack>
      <Code block fz="md" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {secret}
      </Code>
      <Group>
        <Button onClick={copy}>Copy</Button>
        <Button variant="default" onClick={away}>
          Put it away
        </Button>
        <Text size="sm" c="dimmed">
          It is put away in {left} s.
        </Text>
      </Group>
    </Stack>
  );
}
