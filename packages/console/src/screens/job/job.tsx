import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { query } from '../../api/queries.ts';
import { Facts } from '../../parts/facts.tsx';
import { FailureNotice } from '../../parts/failure-notice.tsx';
import { JobLog } from '../../parts/job-log.tsx';
import { useJobName } from '../../parts/job-progress.tsx';
import { LiveJob } from '../../parts/live-job.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';

/** One job: how far it is, and what it says as it says it. */
export function Job() {
  const { job } = useParams({ from: '/jobs/$job' });
  const id = Number(job);
  const found = useQuery(query('getJob', { params: { id } }));
  const nameOf = useJobName();
  return (
    <Loaded query={found}>
      {(data) => (
        <Page title={nameOf(data)} lead={`Job ${id}`}>
          <Paper withBorder p="md">
            <LiveJob id={id} linked={false} />
          </Paper>
          <FailureNotice failure={data.failure} />
          <Facts
            facts={[
              ['Put in', <Moment key="in" at={data.createdAt} />],
              ['Begun', data.startedAt && <Moment key="begun" at={data.startedAt} />],
              ['Ended', data.finishedAt && <Moment key="ended" at={data.finishedAt} />],
              ['Attempts', `${data.attempts} of ${data.maxAttempts}`],
            ]}
          />
          <Section title="What it says">
            <JobLog id={id} live={data.finishedAt === undefined} />
          </Section>
        </Page>
      )}
    </Loaded>
  );
}
