import { Button, Checkbox, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { newKey, useChange } from '../../api/changes.ts';
import type { NewRepairPlan } from '../../api/operations.ts';
import { query } from '../../api/queries.ts';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { countWords } from '../../parts/words/size-words.ts';
import { FoundRepair } from './found-repair.tsx';

/** What is left damaged after a copy gave back what it holds: three steps in their order, each shown before it is done. */
export function Repair() {
  const [readAllPacks, setReadAllPacks] = useState(false);
  const [packs, setPacks] = useState('');
  /** Whose plan, or job, is shown. */
  const [what, setWhat] = useState<NewRepairPlan['what']>();
  const [planning, setPlanning] = useState<number>();
  const [job, setJob] = useState<number>();
  const looking = useChange('planRepair', {
    touches: ['listJobs'],
    done: ({ data: { id } }) => {
      setJob(undefined);
      setPlanning(id);
    },
  });
  const named = useDamagedPacks();
  const ids = packs.split(/[\s,]+/).filter((id) => id !== '');
  const plan = (body: NewRepairPlan): void => {
    setWhat(body.what);
    looking.mutate({ body, idempotencyKey: newKey() });
  };
  const busy = looking.isPending || planning !== undefined;
  const shown = (
    <>
      {looking.error === null ? null : <ProblemNotice error={looking.error} />}
      {planning === undefined ? null : (
        <FoundRepair key={planning} id={planning} begun={setJob} close={() => setPlanning(undefined)} />
      )}
      {job === undefined ? null : (
        <Paper withBorder p="sm">
          <LiveJob id={job} />
        </Paper>
      )}
    </>
  );
  return (
    <>
      <Text size="sm" c="dimmed">
        Nothing here brings back what is lost. Put back first what a copy of the repository holds, and check
        again; what is still damaged then is mended in this order. Each step is shown first, and backups go on
        until you agree.
      </Text>
      <ol className="plain repair-steps">
        <Step
          title="1. The index"
          text="Makes the index say what the packs hold, when packs or files of the index are missing or cannot be read."
          button="Plan for the index …"
          disabled={busy}
          shown={what === 'index' ? shown : null}
          begin={() => plan({ what: 'index', ...(readAllPacks ? { readAllPacks } : {}) })}
        >
          <Checkbox
            label="Trust nothing of the old index: read the header of every pack"
            checked={readAllPacks}
            onChange={({ currentTarget }) => setReadAllPacks(currentTarget.checked)}
          />
        </Step>
        <Step
          title="2. Damaged packs"
          text="Saves what is sound in them and removes them. A copy of each is kept in the platform's data folder."
          button="Plan for the packs …"
          disabled={busy || ids.length === 0}
          shown={what === 'packs' ? shown : null}
          begin={() => plan({ what: 'packs', packs: ids })}
        >
          <Textarea
            label="Ids of packs"
            description="As a check of all of the data names them, one a line"
            autosize
            minRows={2}
            maxRows={8}
            value={packs}
            onChange={({ currentTarget }) => setPacks(currentTarget.value)}
            spellCheck={false}
          />
          {named.length === 0 ? null : (
            <Group>
              <Button variant="default" size="compact-sm" onClick={() => setPacks(named.join('\n'))}>
                {`Take those of the last check (${countWords(named.length)})`}
              </Button>
            </Group>
          )}
        </Step>
        <Step
          title="3. Snapshots"
          text="Back up the same sources once more before, which stores anew what is still there. Then this makes snapshots anew without what is lost, and the damaged ones go."
          button="Plan for the snapshots …"
          disabled={busy}
          shown={what === 'snapshots' ? shown : null}
          begin={() => plan({ what: 'snapshots' })}
        />
      </ol>
    </>
  );
}

function Step(step: {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly disabled: boolean;
  readonly begin: () => void;
  /** The plan and what came of it. */
  readonly shown: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <li>
      <Paper withBorder p="md">
        <Stack gap="sm" align="stretch">
          <Text fw={600}>{step.title}</Text>
          <Text size="sm">{step.text}</Text>
          {step.children}
          <Group>
            <Button variant="default" disabled={step.disabled} onClick={step.begin}>
              {step.button}
            </Button>
          </Group>
          {step.shown}
        </Stack>
      </Paper>
    </li>
  );
}

/** Packs that errors of the last check name. */
function useDamagedPacks(): readonly string[] {
  const { data: checks } = useQuery(query('listRepositoryChecks', { query: { limit: 1 } }));
  const [last] = checks?.items ?? [];
  const { data: check } = useQuery({
    ...query('getRepositoryCheck', { params: { id: last?.id ?? 0 } }),
    enabled: last?.errors !== undefined && last.errors > 0,
  });
  if (check === undefined || check.id !== last?.id) return [];
  const errors = check.findings.filter(({ severity }) => severity === 'error');
  const ids = errors.flatMap(({ message }) => [...message.matchAll(/\bpack ([0-9a-f]{64})\b/g)]);
  return [...new Set(ids.map(([, id = '']) => id))];
}
