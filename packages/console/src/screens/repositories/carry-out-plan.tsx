import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { newKey } from '../../api/changes.ts';
import type { MirrorPlan } from '../../api/operations.ts';
import { useSourceNames } from '../../api/source-names.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import type { Proved } from '../../parts/proof.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { sizeWords, snapshotsWords } from '../../parts/words/size-words.ts';
import { durationWords } from '../../parts/words/time-words.ts';

const shownSnapshots = 20;

/** What follows when a loss is accepted or a copy begins anew; and then exactly that. */
export function CarryOutPlan(props: {
  readonly plan: MirrorPlan;
  readonly close: () => void;
  readonly begun: (job: number) => void;
}) {
  const { plan, close, begun } = props;
  const { repository: name, loss } = plan;
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const refresh = (): void => {
    for (const id of ['getMirrorPlan', 'listRepositories', 'listMirrors', 'listJobs'])
      void client.invalidateQueries({ queryKey: [id] });
  };
  const carryOut = async (proved: Proved): Promise<void> => {
    const asked = { params: { name }, body: { plan: plan.plan ?? '' }, idempotencyKey: key };
    const { data } = await proved(() => ask('carryOutMirrorPlan', asked));
    refresh();
    begun(data.id);
    close();
  };
  const notDone = (): void => {
    setKey(newKey());
    refresh();
  };
  return (
    <ProvedPlan
      opened
      close={close}
      title={loss === undefined ? `Begin anew at ${name}` : `Accept the loss at ${name}`}
      steps={loss === undefined ? anewSteps(plan) : lossSteps(loss)}
      confirm={loss === undefined ? 'Begin anew' : 'All of it was meant to go'}
      dangerous={loss !== undefined}
      carryOut={carryOut}
      notDone={notDone}
    >
      {loss === undefined ? null : <LostSnapshots loss={loss} />}
    </ProvedPlan>
  );
}

type Loss = NonNullable<MirrorPlan['loss']>;

const onwards: PlanStep = {
  what: 'changed',
  text: 'What was forgotten here meanwhile, and is from now on, goes off site when its time has come',
};

function lossSteps({ objects, bytes, snapshotCount, removedAfterSeconds }: Loss): PlanStep[] {
  const what = `${snapshotsWords(snapshotCount)} and what they alone need: ${objects} files, ${sizeWords(bytes)}`;
  return [
    removedAfterSeconds === undefined
      ? { what: 'stays', text: `${what}. Off site nothing is ever removed: it has no keepDeleted` }
      : {
          what: 'removed',
          text: `Off site, once it has been missing here for ${durationWords(removedAfterSeconds)}: ${what}. There may be no other copy`,
        },
    { what: 'stays', text: 'Everything that the repository here still has' },
    ...(removedAfterSeconds === undefined ? [] : [onwards]),
  ];
}

const anewSteps = ({ gone }: MirrorPlan): PlanStep[] => [
  {
    what: 'added',
    text: `A new copy of everything that is here${gone?.bytes === undefined ? '' : `, about ${sizeWords(gone.bytes)}`}, at the place that the configuration names`,
  },
  { what: 'stays', text: 'A disk that is only not mounted: mount it first, and nothing need be sent' },
];

/** Which they are, so that somebody can tell whether they were meant. */
function LostSnapshots({ loss: { snapshots, snapshotCount } }: { readonly loss: Loss }) {
  const nameOf = useSourceNames();
  const shown = snapshots.slice(0, shownSnapshots);
  if (shown.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        Snapshots that are gone here
      </Text>
      <ul>
        {shown.map(({ id, sourceId, recoveryPointAt }) => (
          <li key={id}>
            <Text size="sm" className="breakable">
              <code>{id.slice(0, 16)}</code>
              {sourceId === undefined ? '' : ` of ${nameOf(sourceId)}`}
              {recoveryPointAt === undefined ? null : (
                <>
                  , <Moment at={recoveryPointAt} />
                </>
              )}
            </Text>
          </li>
        ))}
      </ul>
      {snapshotCount > shown.length ? (
        <Text size="sm" c="dimmed">
          and {snapshotCount - shown.length} more.
        </Text>
      ) : null}
    </div>
  );
}
