import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../notices/problem-notice.tsx';
import { Icon, type IconName } from '../page/icon.tsx';
import { Dialog } from './dialog.tsx';
import { DialogTitle } from './dialog-title.tsx';

export interface PlanStep {
  readonly what: 'added' | 'changed' | 'removed' | 'stays';
  readonly text: ReactNode;
}

const signs: Readonly<Record<PlanStep['what'], readonly [icon: IconName, label: string]>> = {
  added: ['plus', 'Added:'],
  changed: ['play', 'Changed:'],
  removed: ['cross', 'Removed:'],
  stays: ['check', 'Stays:'],
};

export interface Plan {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  readonly steps: readonly PlanStep[];
  readonly children?: ReactNode;
  readonly confirm: string;
  readonly dangerous?: boolean;
}

/** What will be done, before it is: carried out with one button, left with another one or with Escape. */
export function PlanDialog(
  dialog: Plan & { readonly busy: boolean; readonly error: unknown; readonly carryOut: () => void },
) {
  return (
    <Dialog
      opened={dialog.opened}
      onClose={dialog.close}
      title={<DialogTitle text={dialog.title} focused />}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <ul className="plain plan">
          {dialog.steps.map(({ what, text }, index) => {
            const [icon, label] = signs[what];
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a plan stay in order
              <li key={index} data-what={what}>
                <Icon name={icon} label={label} />
                <Text size="sm" component="div" className="breakable">
                  {text}
                </Text>
              </li>
            );
          })}
        </ul>
        {dialog.children}
        {dialog.error === null ? null : <ProblemNotice error={dialog.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={dialog.close}>
            Do nothing
          </Button>
          <Button
            color={dialog.dangerous === true ? 'red.9' : 'octo'}
            loading={dialog.busy}
            onClick={dialog.carryOut}
          >
            {dialog.confirm}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
