import { Paper, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { every } from '../../api/every.ts';
import { query } from '../../api/queries.ts';
import { JobProgress } from '../../parts/jobs/job-progress.tsx';
import { Section } from '../../parts/page/section.tsx';

/** Work of this moment; nothing is said when there is none. */
export function UnderWay() {
  const { data } = useQuery({
    ...query('listJobs', { query: { state: 'running', limit: 20 } }),
    refetchInterval: every(3_000),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title="Under way">
      <Stack component="ul" gap="xs" className="plain">
        {data.items.map((job) => (
          <Paper component="li" key={job.id} withBorder p="sm">
            <JobProgress job={job} />
          </Paper>
        ))}
      </Stack>
    </Section>
  );
}
