import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { Account, Enrolment } from '../../api/operations.ts';
import { PlanDialog } from '../../parts/dialog/plan-dialog.tsx';
import { useAct } from '../../parts/forms/act.ts';
import { Empty } from '../../parts/notices/empty.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { Section } from '../../parts/page/section.tsx';
import { useProof } from '../../parts/proof.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { EndFactor } from './end-factor.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SetUpApp } from './set-up-app.tsx';

/** Codes of an app besides the password: setting it up, recovery codes, another phone, none any more. */
export function SecondFactor({ account }: { readonly account: Account }) {
  const client = useQueryClient();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [renewing, setRenewing] = useState(false);
  const [ending, setEnding] = useState(false);
  const beginning = useAct();
  const { act, busy, error, reset } = useAct();
  const { proved, dialog } = useProof();
  const { secondFactor } = account;
  const show = (fresh: readonly string[]): void => {
    setCodes(fresh);
    for (const list of ['getAccount', 'listSessions', 'listMembers'])
      void client.invalidateQueries({ queryKey: [list] });
  };
  const begin = () =>
    void beginning.act(async () => setEnrolment((await proved(() => ask('beginSecondFactor', {}))).data));
  const renew = () =>
    void act(async () => {
      const { data } = await proved(() => ask('renewRecoveryCodes', {}));
      setRenewing(false);
      show(data.recoveryCodes);
    });
  const left = secondFactor?.recoveryCodesLeft ?? 0;
  return (
    <Section title="Second factor">
      {secondFactor === undefined ? (
        <Empty title="It is off: whoever has your password is you">
          <Stack align="flex-start">
            With it, signing in asks for a code of an app on your phone besides; then a password of 8
            characters is enough.
            <Button onClick={begin} loading={beginning.busy}>
              Set up a second factor
            </Button>
          </Stack>
        </Empty>
      ) : (
        <Paper withBorder p="md">
          <Stack align="flex-start">
            <Text>
              It is on: signing in asks for a code of your app, since <Moment at={secondFactor.enabledAt} />.
            </Text>
            <Text size="sm" {...(left === 0 ? { c: 'var(--mantine-color-error)' } : { c: 'dimmed' })}>
              {left === 0
                ? 'No recovery code is left: make new ones, for when the phone is not at hand.'
                : `${left} of ${secondFactor.recoveryCodesMade} recovery codes ${left === 1 ? 'is' : 'are'} left, for when the phone is not at hand.`}
            </Text>
            <Group>
              <Button variant="default" onClick={() => setRenewing(true)}>
                Make new recovery codes
              </Button>
              <Button variant="default" onClick={begin} loading={beginning.busy}>
                Set up another app
              </Button>
              <Button variant="default" onClick={() => setEnding(true)}>
                Turn it off
              </Button>
            </Group>
          </Stack>
        </Paper>
      )}
      {beginning.error === null ? null : <ProblemNotice error={beginning.error} />}
      {enrolment === undefined ? null : (
        <SetUpApp
          enrolment={enrolment}
          proved={proved}
          replaces={secondFactor !== undefined}
          leave={() => setEnrolment(undefined)}
          done={(fresh) => {
            setEnrolment(undefined);
            show(fresh);
          }}
        />
      )}
      <PlanDialog
        opened={renewing}
        close={() => {
          reset();
          setRenewing(false);
        }}
        title="Make new recovery codes?"
        steps={[
          { what: 'removed', text: 'Those that you have: none of them is good any more' },
          { what: 'added', text: 'Ten new ones, which are shown once' },
          { what: 'stays', text: 'The app on your phone' },
        ]}
        confirm="Make new ones"
        busy={busy}
        error={error}
        carryOut={renew}
      />
      {ending ? <EndFactor account={account} proved={proved} close={() => setEnding(false)} /> : null}
      {codes === undefined ? null : <RecoveryCodes codes={codes} away={() => setCodes(undefined)} />}
      {dialog}
    </Section>
  );
}
