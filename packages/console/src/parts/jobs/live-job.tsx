import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLiveJob } from '../../api/live-job.ts';
import { query } from '../../api/queries.ts';
import { TextLink } from '../page/link.tsx';
import { Loaded } from '../page/loaded.tsx';
import { CancelJob } from './cancel-job.tsx';
import { JobProgress } from './job-progress.tsx';

/** A job as it goes on. */
export function LiveJob({ id, linked = true }: { readonly id: number; readonly linked?: boolean }) {
  const job = useQuery(query('getJob', { params: { id } }));
  useLiveJob(job.data?.finishedAt === undefined ? id : undefined);
  return (
    <Loaded query={job} rows={1}>
      {(data) => (
        <>
          <JobProgress job={data} />
          <Group gap="sm" mt="xs">
            {linked ? (
              <TextLink to="/jobs/$job" params={{ job: String(id) }} size="sm">
                What it says
              </TextLink>
            ) : null}
            <CancelJob job={data} />
          </Group>
        </>
      )}
    </Loaded>
  );
}
