import { Button, Group, NativeSelect, Paper, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/caller.ts';
import { newKey, useChange } from '../../api/changes.ts';
import { every } from '../../api/every.ts';
import { pages } from '../../api/queries.ts';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { ProblemNotice } from '../../parts/notices/problem-notice.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { Moment } from '../../parts/words/moment.tsx';
import { countWords, sizeWords } from '../../parts/words/size-words.ts';

const amounts = [
  { value: 'none', label: 'Structure and folders' },
  { value: '5%', label: 'And 5 % of the data' },
  { value: 'all', label: 'And all of the data' },
];

/** Whether the repository is whole: asked for here, and what was found before. */
export function Checks() {
  const may = useMay();
  const [data, setData] = useState('none');
  const [job, setJob] = useState<number>();
  const checks = useInfiniteQuery({
    ...pages('listRepositoryChecks', { query: { limit: 10 } }),
    refetchInterval: every(10_000),
  });
  const checking = useChange('checkRepository', {
    touches: ['listJobs', 'listRepositoryChecks'],
    done: (answer) => setJob(answer.data.id),
  });
  return (
    <>
      {may('repositories.check') ? (
        <Group align="flex-end" gap="sm">
          <NativeSelect
            label="What is read"
            data={amounts}
            value={data}
            onChange={({ currentTarget }) => setData(currentTarget.value)}
          />
          <Button
            variant="default"
            loading={checking.isPending}
            onClick={() => checking.mutate({ body: { data }, idempotencyKey: newKey() })}
          >
            Check now
          </Button>
        </Group>
      ) : null}
      <Text size="sm" c="dimmed">
        Backups and retention wait while it is checked.
      </Text>
      {checking.error === null ? null : <ProblemNotice error={checking.error} />}
      {job === undefined ? null : (
        <Paper withBorder p="sm">
          <LiveJob id={job} />
        </Paper>
      )}
      <Paged
        query={checks}
        empty={
          <Empty title="It was not checked here yet">
            A check finds what is missing or damaged before a restore needs it.
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            caption="Checks, the newest first"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'Asked',
                cell: ({ id, createdAt }) => (
                  <TextLink to="/jobs/$job" params={{ job: String(id) }}>
                    <Moment at={createdAt} />
                  </TextLink>
                ),
              },
              { name: 'State', cell: ({ state }) => <StateBadge state={state} /> },
              {
                name: 'Found',
                cell: ({ errors, failure, state, progress }) =>
                  errors === undefined
                    ? (failure?.message ?? (state === 'running' ? progress?.step : undefined) ?? '–')
                    : errors === 0
                      ? 'No damage'
                      : `${countWords(errors)} ${errors === 1 ? 'error' : 'errors'}`,
              },
              {
                name: 'Data read',
                numeric: true,
                cell: ({ bytesRead }) => (bytesRead === undefined ? '–' : sizeWords(bytesRead)),
              },
            ]}
          />
        )}
      </Paged>
    </>
  );
}
