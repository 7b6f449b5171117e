import { Code, Text } from '@mantine/core';
import type { MadeInvitation } from '../../api/operations.ts';
import { ShownOnce } from '../../parts/dialog/shown-once.tsx';

/** The link of an invitation, which is shown this once: the server has its hash alone. */
export const ShownLink = ({ link, email, away }: { link: string; email: string; away: () => void }) => (
  <ShownOnce title="Send this link" text={link} done="I have sent it" away={away}>
    <Text size="sm">
      Whoever has it becomes a member as <b className="breakable">{email}</b>, once, within a week. It is
      shown now and never again; send it in a way that nobody else reads.
    </Text>
    <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {link}
    </Code>
  </ShownOnce>
);

/** What of an invitation is shown: its link and for whom. */
export type LinkToShow = { readonly link: string; readonly email: string };

export const linkOf = ({ link, email }: MadeInvitation): LinkToShow | undefined =>
  link === undefined ? undefined : { link, email };
