import { Button, Group, Paper, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { newKey, useChange } from '../../api/changes.ts';
import { every } from '../../api/every.ts';
import type { PrunePlan } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import type { PlanStep } from '../../parts/dialog/plan-dialog.tsx';
import { ProvedPlan } from '../../parts/dialog/proved-plan.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import type { Proved } from '../../parts/proof.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';

/** Space that no snapshot needs: found out first, which reads all folders, and freed when somebody saw what it is. */
export function FreeSpace() {
  const [planning, setPlanning] = useState<number>();
  const [job, setJob] = useState<number>();
  const looking = useChange('planPrune', {
    touches: ['listJobs'],
    done: ({ data: { id } }) => {
      setJob(undefined);
      setPlanning(id);
    },
  });
  return (
    <>
      <Group>
        <Button
          variant="default"
          loading={looking.isPending}
          disabled={planning !== undefined}
          onClick={() => looking.mutate({ body: {}, idempotencyKey: newKey() })}
        >
          Free the space …
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        Retention does so once a day. Shown first, and backups go on until you agree.
      </Text>
      {looking.error === null ? null : <ProblemNotice error={looking.error} />}
      {planning === undefined ? null : (
        <FoundSpace key={planning} id={planning} begun={setJob} close={() => setPlanning(undefined)} />
      )}
      {job === undefined ? null : (
        <Paper withBorder p="sm">
          <LiveJob id={job} />
        </Paper>
      )}
    </>
  );
}

/** Its job as it goes on, and then what it found. */
function FoundSpace(props: {
  readonly id: number;
  readonly close: () => void;
  readonly begun: (job: number) => void;
}) {
  const { id, close, begun } = props;
  const client = useQueryClient();
  const [key, setKey] = useState(newKey);
  const { data: plan } = useQuery({
    ...query('getPrunePlan', { params: { id } }),
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
  if (plan.changesAnything !== true) {
    return (
      <Group gap="sm" role="status">
        <Text size="sm">There is nothing to free.</Text>
        <Button variant="default" size="compact-sm" onClick={close}>
          All right
        </Button>
      </Group>
    );
  }
  const carryOut = async (proved: Proved): Promise<void> => {
    const { data } = await proved(() => ask('carryOutPrunePlan', { params: { id }, idempotencyKey: key }));
    void client.invalidateQueries({ queryKey: ['listJobs'] });
    begun(data.id);
    close();
  };
  return (
    <ProvedPlan
      opened
      close={close}
      title="Free the space"
      steps={stepsOf(plan)}
      confirm="Free it"
      dangerous
      carryOut={carryOut}
      notDone={() => setKey(newKey())}
    />
  );
}

function stepsOf(plan: PrunePlan): PlanStep[] {
  const { packsRemoved = 0, packsRewritten = 0, bytesFreed = 0, bytesRewritten = 0, bytesAfter = 0 } = plan;
  return [
    {
      what: 'removed',
      text: `${sizeWords(bytesFreed)} that no snapshot needs, with ${packWords(packsRemoved)} as a whole. What was forgotten cannot be brought back from here afterwards`,
    },
    ...(packsRewritten === 0
      ? []
      : [
          {
            what: 'changed',
            text: `${packWords(packsRewritten)} are written anew without it: ${sizeWords(bytesRewritten)} are read`,
          } as const,
        ]),
    { what: 'stays', text: `Every snapshot, in ${sizeWords(bytesAfter)}. Backups wait meanwhile` },
  ];
}

const packWords = (count: number): string => `${countWords(count)} ${count === 1 ? 'pack' : 'packs'}`;
