import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { query } from '../../api/queries.ts';
import { JobLog } from '../../parts/jobs/job-log.tsx';
import { useJobName } from '../../parts/jobs/job-progress.tsx';
import { LiveJob } from '../../parts/jobs/live-job.tsx';
import { FailureNotice } from '../../parts/notices/failure-notice.tsx';
import { Facts } from '../../parts/page/facts.tsx';
import { Loaded } from '../../parts/page/loaded.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Section } from '../../parts/page/section.tsx';
import { attemptsWords } from '../../parts/words/attempts-words.ts';
import { Moment } from '../../parts/words/moment.tsx';

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
          <FailureNotice
            failure={data.failure}
            title={data.state === 'cancelled' ? 'It was stopped' : 'It failed'}
          />
          <Facts
            facts={[
              ['Put in', <Moment key="in" at={data.createdAt} />],
              ['Begun', data.startedAt && <Moment key="begun" at={data.startedAt} />],
              ['Ended', data.finishedAt && <Moment key="ended" at={data.finishedAt} />],
              ['Attempts', attemptsWords(data)],
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
