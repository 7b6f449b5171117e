import { Group, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCaller } from '../../api/caller.ts';
import { every } from '../../api/every.ts';
import type { Operations } from '../../api/operations.ts';
import { pages } from '../../api/queries.ts';
import { useJobName } from '../../parts/jobs/job-progress.tsx';
import { Empty } from '../../parts/notices/empty.tsx';
import { TextLink } from '../../parts/page/link.tsx';
import { Page } from '../../parts/page/page.tsx';
import { StateBadge } from '../../parts/records/state-badge.tsx';
import { DataTable } from '../../parts/table/data-table.tsx';
import { Paged } from '../../parts/table/paged.tsx';
import { attemptsWords } from '../../parts/words/attempts-words.ts';
import { Moment } from '../../parts/words/moment.tsx';

const states = ['queued', 'running', 'succeeded', 'failed', 'cancelled'];

/** Work in the queue: what waits, what runs, and what ended in the last 30 days. */
export function Jobs() {
  const [state, setState] = useState('');
  const nameOf = useJobName();
  const seesSomeAlone = useCaller()?.role === 'outside-administrator';
  const jobs = useInfiniteQuery({
    ...pages('listJobs', {
      query: { limit: 50, state: (state || undefined) as Operations['listJobs']['query']['state'] },
    }),
    refetchInterval: every(5_000),
    enabled: !seesSomeAlone,
  });
  if (seesSomeAlone)
    return (
      <Page title="Jobs">
        <Empty title="Your role does not include this list">
          It is of all services, and you see those assigned to you. What was done for these, and what is being
          done, is under <TextLink to="/runs">Backups and drills</TextLink>.
        </Empty>
      </Page>
    );
  return (
    <Page title="Jobs" lead="What waits, what runs, and what ended in the last 30 days.">
      <Group>
        <NativeSelect
          label="State"
          value={state}
          onChange={({ currentTarget }) => setState(currentTarget.value)}
          data={[{ value: '', label: 'All' }, ...states]}
        />
      </Group>
      <Paged
        query={jobs}
        empty={
          <Empty title={state === '' ? 'There is no job yet' : 'There is no such job'}>
            Schedules put backups, drills and copies into the queue; so do the buttons of a source.
          </Empty>
        }
      >
        {(items) => (
          <DataTable
            caption="Jobs, the newest first"
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                name: 'Job',
                cell: (job) => (
                  <TextLink to="/jobs/$job" params={{ job: String(job.id) }}>
                    {nameOf(job)}
                  </TextLink>
                ),
              },
              { name: 'State', cell: (job) => <StateBadge state={job.state} /> },
              { name: 'Put in', cell: ({ createdAt }) => <Moment at={createdAt} /> },
              {
                name: 'Attempts',
                numeric: true,
                cell: attemptsWords,
              },
              {
                name: 'Ended',
                cell: ({ finishedAt }) => (finishedAt === undefined ? '' : <Moment at={finishedAt} />),
              },
            ]}
          />
        )}
      </Paged>
    </Page>
  );
}
