import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/changes.ts';
import type { UnsettledChange } from '../../api/operations.ts';
import { ApiProblem } from '../../api/problem.ts';
import { PlanDialog, type PlanStep } from '../dialog/plan-dialog.tsx';
import { OutdatedNotice } from '../notices/outdated-notice.tsx';
import { tell } from '../notices/told.tsx';
import { useDraft } from './draft.ts';
import { objectionsOf } from './objections.ts';

/** Says that all of a change was meant, and why; what follows from it is shown first. */
export function AcceptChange(props: {
  readonly change: UnsettledChange;
  readonly name: string;
  readonly etag: string | undefined;
  readonly refetch: () => void;
  readonly close: () => void;
}) {
  const { change, name, etag, refetch, close } = props;
  const draft = useDraft(`accept ${change.id}`, { reason: '' });
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const accepting = useChange('acceptChange', {
    touches: ['listUnsettledChanges', 'getUnsettledChange', 'getStatus', 'getSource', 'listPromises'],
    done: () => {
      draft.drop();
      close();
      tell(`What changed in ${name} is accepted.`);
    },
  });
  const outdated = accepting.error instanceof ApiProblem && accepting.error.code === 'api.outdated';
  const carryOut = () => {
    const reason = draft.fields.reason.trim();
    setOwn(reason === '' ? { reason: 'Say why, for who reads the audit log.' } : {});
    if (reason === '') return;
    accepting.mutate(
      { params: { id: change.sourceId }, body: { reason }, ifMatch: etag },
      { onError: refetch },
    );
  };
  const { findings } = change;
  const [first] = findings;
  return (
    <PlanDialog
      opened
      close={close}
      title={`Was all of it meant? ${name}`}
      steps={[
        {
          what: 'changed',
          text: `Counts as meant: ${first?.summary ?? 'what changed'}${findings.length > 1 ? `, and ${findings.length - 1} more` : ''}`,
        },
        {
          what: 'changed',
          text: 'Its incident is closed, and its backups count again: a restore brings back the source as it is now',
        },
        ...(findings.some(({ kind }) => kind === 'suspicious') ? [holdEnds] : []),
        { what: 'stays', text: 'Snapshots from before, as long as retention keeps them' },
      ]}
      confirm="All of it was meant"
      dangerous
      busy={accepting.isPending}
      error={outdated ? null : accepting.error}
      carryOut={carryOut}
    >
      {outdated ? <OutdatedNotice /> : null}
      <TextInput
        label="Why it was meant"
        description="It is kept in the audit log."
        required
        maxLength={500}
        value={draft.fields.reason}
        onChange={({ currentTarget }) => draft.set('reason', currentTarget.value)}
        error={objectionsOf(accepting.error, own).reason}
      />
    </PlanDialog>
  );
}

const holdEnds: PlanStep = {
  what: 'removed',
  text: 'The hold on snapshots from before: retention forgets them when their time has come',
};
