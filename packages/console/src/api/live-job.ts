import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { addressOf } from './ask.ts';
import type { Job } from './operations.ts';
import { query } from './queries.ts';

/** What a job may change when it ends. */
const consequences = [
  ...(['getStatus', 'listRuns', 'listDrills', 'listRestores', 'listSnapshots', 'listJobs'] as const),
  ...(['listPromises', 'listIncidents', 'listMirrors', 'listRepositories', 'getJobLog'] as const),
  ...(['getMirrorPlan', 'getSnapshot', 'listStatistics', 'listUnsettledChanges'] as const),
];

/**
 * Keeps what is known of a job up to date by the server's events (`useQuery(query('getJob', …))` shows it), and asks
 * anew for what it may have changed when it ends. A browser has few connections to one server: follow what is looked at,
 * two or three at most, and let lists ask again from time to time.
 */
export function useLiveJob(id: number | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (id === undefined) return;
    const events = new EventSource(addressOf('followJob', { id }));
    events.addEventListener('job', ({ data }) => {
      const job = JSON.parse(data) as Job;
      client.setQueryData(query('getJob', { params: { id } }).queryKey, job);
      if (job.finishedAt === undefined) return;
      events.close();
      for (const name of consequences) void client.invalidateQueries({ queryKey: [name] });
    });
    return () => events.close();
  }, [client, id]);
}
