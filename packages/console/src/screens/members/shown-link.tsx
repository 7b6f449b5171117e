import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import type { MadeInvitation } from '../../api/operations.ts';
import { DialogTitle } from '../../parts/dialog/dialog-title.tsx';
import { tell } from '../../parts/notices/told.tsx';

/** The link of an invitation, which is shown this once: the server has its hash alone. */
export function ShownLink({ link, email, away }: { link: string; email: string; away: () => void }) {
  const copy = () =>
    void (navigator.clipboard?.writeText(link) ?? Promise.reject()).then(
      () => tell('Copied. The clipboard keeps it until something else is copied.'),
      () => tell('This browser lets nothing be copied here: select it by hand.'),
    );
  return (
    <Modal
      opened
      onClose={away}
      title={<DialogTitle text="Send this link" focused />}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
    >
      <Stack>
        <Text size="sm">
          Whoever has it becomes a member as <b className="breakable">{email}</b>, once, within a week. It is
          shown now and never again; send it in a way that nobody else reads.
        </Text>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {link}
        </Code>
        <Group justify="flex-end">
          <Button variant="default" onClick={copy}>
            Copy
          </Button>
          <Button onClick={away}>I have sent it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What of an invitation is shown: its link and for whom. */
export type LinkToShow = { readonly link: string; readonly email: string };

export const linkOf = ({ link, email }: MadeInvitation): LinkToShow | undefined =>
  link === undefined ? undefined : { link, email };
