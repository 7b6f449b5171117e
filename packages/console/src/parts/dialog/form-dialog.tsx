import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { DialogTitle } from './dialog-title.tsx';

/** A form before its plan is shown. What was typed stays when it is closed by its cross or by Escape. */
export const FormDialog = (dialog: {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  readonly submit: () => void;
  readonly giveUp: () => void;
  readonly button: string;
  readonly children: ReactNode;
}) => (
  <Dialog
    opened={dialog.opened}
    onClose={dialog.close}
    title={<DialogTitle text={dialog.title} />}
    size="lg"
    closeButtonProps={{ 'aria-label': 'Close, and keep what was typed' }}
  >
    <form
      ref={beginWithFirstField}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        dialog.submit();
      }}
    >
      <Stack>
        {dialog.children}
        <Group justify="flex-end">
          <Button variant="default" onClick={dialog.giveUp}>
            Give up
          </Button>
          <Button type="submit">{dialog.button}</Button>
        </Group>
      </Stack>
    </form>
  </Dialog>
);

/** Where Mantine puts the focus when the dialogue opens; else it would be on the cross that closes it. */
const beginWithFirstField = (form: HTMLFormElement | null): void =>
  form?.querySelector('input, select, textarea')?.setAttribute('data-autofocus', 'true');
