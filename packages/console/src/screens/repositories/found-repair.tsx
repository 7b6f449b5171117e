import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/caller.ts';
import { newKey } from '../../api/changes.ts';
import { every } from '../../api/every.ts';
import type { RepairCounts, RepairPlan } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import type { Proved } from '../../parts/proof.tsx';
import { countWords, snapshotsWords } from '../../parts/words/size-words.ts';

const titles = {
  index: 'Repair the index',
  packs: 'Repair damaged packs',
  snapshots: 'Repair snapshots',
} as const;

/** The job of a plan as it goes on, and then what it found. */
export function FoundRepair(props: {
  readonly id: number;
  readonly close: () => void;
  readonly begun: (job: number) => void;
}) {
  const { id, close, begun } = props;
  const may = useMay();
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const { data: plan } = useQuery({
    ...query('getRepairPlan', { params: { id } }),
    refetchInterval: ({ state }) => (state.data?.finishedAt === undefined ? every(1_000)() : false),
  });
  if (plan?.state !== 'succeeded') {
    return (
      <Paper withBorder p="sm">
        <LiveJob id={id} />
        {plan?.finishedAt === undefined ? null : (
          <Button variant="default" size="compact-sm" mt="xs" onClick={close}>
            Leave it
          </Button>
        )}
      </Paper>
    );
  }
  if (plan.changesAnything !== true || !may('repositories.change')) {
    return (
      <Stack gap="sm" role="status">
        <Sentences plan={plan} />
        <Group>
          <Button variant="default" size="compact-sm" onClick={close}>
            All right
          </Button>
        </Group>
      </Stack>
    );
  }
  const carryOut = async (proved: Proved): Promise<void> => {
    const { data } = await proved(() => ask('carryOutRepairPlan', { params: { id }, idempotencyKey: key }));
    void client.invalidateQueries({ queryKey: ['listJobs'] });
    begun(data.id);
    close();
  };
  return (
    <ProvedPlan
      opened
      close={close}
      title={titles[plan.what]}
      steps={stepsOf(plan)}
      confirm="Repair it"
      dangerous
      carryOut={carryOut}
      notDone={() => setKey(newKey())}
    >
      <Sentences plan={plan} />
    </ProvedPlan>
  );
}

function Sentences({ plan: { sentences = [], moreSentences = 0 } }: { readonly plan: RepairPlan }) {
  return (
    <ul className="plain repair-sentences" aria-label="What the plan says">
      {sentences.map((sentence, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the sentences of a plan stay in order
        <li key={index}>
          <Text size="sm" className="breakable">
            {sentence}
          </Text>
        </li>
      ))}
      {moreSentences === 0 ? null : (
        <li>
          <Text size="sm" c="dimmed">{`and ${countWords(moreSentences)} more`}</Text>
        </li>
      )}
    </ul>
  );
}

const stepsOf = ({ what, counts = {} }: RepairPlan): PlanStep[] => steps[what](counts);

const steps: Readonly<Record<RepairPlan['what'], (counts: RepairCounts) => PlanStep[]>> = {
  index: ({ packsLeftOut = 0 }) => [
    { what: 'changed', text: 'The index is written anew, where it does not say what the packs hold' },
    ...some(packsLeftOut, (count) => ({
      what: 'removed',
      text: `What the index says of ${countOf(count, 'pack')} that cannot be read or are not there`,
    })),
    { what: 'stays', text: 'Every pack and every snapshot. Backups wait meanwhile' },
  ],
  packs: ({ packsRemoved = 0, packsLeftOut = 0, blobsSaved = 0, blobsLost = 0 }) => [
    ...some(blobsSaved, (count) => ({
      what: 'added',
      text: `${countOf(count, 'sound blob')}, in new packs`,
    })),
    ...some(packsRemoved, (count) => ({
      what: 'removed',
      text: `${countOf(count, 'damaged pack')}; a copy is kept in damaged-packs in the platform's data folder`,
    })),
    ...some(packsLeftOut, (count) => ({
      what: 'removed',
      text: `What the index says of ${countOf(count, 'pack')} that are not there`,
    })),
    ...some(blobsLost, (count) => ({
      what: 'removed',
      text: `${countOf(count, 'blob')} that are damaged here and sound nowhere else: lost, unless a copy of the repository has them`,
    })),
    { what: 'stays', text: 'What other packs hold. Backups wait meanwhile' },
  ],
  snapshots: ({ snapshotsReplaced = 0, snapshotsRemoved = 0 }) => [
    ...some(snapshotsReplaced, (count) => ({
      what: 'changed',
      text: `${snapshotsWords(count)}, made anew without what is lost. The damaged ones go, and runs name the new ones`,
    })),
    ...some(snapshotsRemoved, (count) => ({
      what: 'removed',
      text: `${snapshotsWords(count)}, of which nothing is left`,
    })),
    { what: 'stays', text: 'All others. Backups wait meanwhile' },
  ],
};

const some = (count: number, step: (count: number) => PlanStep): PlanStep[] =>
  count === 0 ? [] : [step(count)];

const countOf = (count: number, noun: string): string =>
  `${countWords(count)} ${noun}${count === 1 ? '' : 's'}`;
