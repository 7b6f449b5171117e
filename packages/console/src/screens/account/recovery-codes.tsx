import { Code, Stack, Text } from '@mantine/core';
import { ShownOnce } from '../../parts/dialog/shown-once.tsx';

/** New recovery codes, which the server does not know any more: it has their hashes. */
export const RecoveryCodes = ({
  codes,
  away,
}: {
  readonly codes: readonly string[];
  readonly away: () => void;
}) => (
  <ShownOnce
    title="Keep these recovery codes"
    text={codes.join('\n')}
    fileName="octobox-recovery-codes.txt"
    away={away}
  >
    <Text size="sm">
      Without your phone each of them signs you in once, with your password. They are shown now and never
      again: print them, or put them into a password manager, and not on that phone alone.
    </Text>
    <Stack component="ul" className="plain" gap="xs" aria-label="Recovery codes">
      {codes.map((code) => (
        <li key={code}>
          <Code fz="sm">{code}</Code>
        </li>
      ))}
    </Stack>
    <Text size="sm" c="dimmed">
      Recovery codes that you had before are void.
    </Text>
  </ShownOnce>
);
