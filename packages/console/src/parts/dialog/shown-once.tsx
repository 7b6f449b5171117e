import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { tell } from '../notices/told.tsx';
import { downloadText } from '../page/download-text.ts';
import { Dialog } from './dialog.tsx';
import { DialogTitle } from './dialog-title.tsx';

/** A secret that is shown now and never again: only a button closes it, so that no slip of the hand loses it. */
export function ShownOnce(shown: {
  readonly title: string;
  /** To be copied, and kept in a file. */
  readonly text: string;
  /** Default: it is not kept in a file. */
  readonly fileName?: string;
  /** What the button that closes it says; default: I have kept it. */
  readonly done?: string;
  readonly away: () => void;
  readonly children: ReactNode;
}) {
  const { title, text, fileName, done = 'I have kept it', away, children } = shown;
  const copy = () =>
    void (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
      () => tell('Copied. The clipboard keeps it until something else is copied.'),
      () => tell('This browser lets nothing be copied here: select it by hand.'),
    );
  return (
    <Dialog
      opened
      onClose={away}
      title={<DialogTitle text={title} focused />}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <Stack>
        {children}
        <Group>
          <Button variant="default" onClick={copy}>
            Copy
          </Button>
          {fileName === undefined ? null : (
            <Button variant="default" onClick={() => downloadText(fileName, `${text}\n`)}>
              Download
            </Button>
          )}
        </Group>
        <Group justify="flex-end">
          <Button onClick={away}>{done}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
