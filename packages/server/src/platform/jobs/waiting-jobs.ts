import type { Instant } from '../clock.ts';
import type { Reader } from '../database/index.ts';
import type { StoredJob } from './job-claims.ts';

export interface Wanted {
  readonly now: Instant;
  readonly kinds: readonly string[];
  /** That one alone. */
  readonly id?: number | undefined;
}

/** Lanes in which a job runs. */
export const busyLanes = (reader: Reader) =>
  reader.selectFrom('jobs').select('lane').where('state', '=', 'running').where('lane', 'is not', null);

/** By the records: jobs that may run. */
export function waitingJobs(reader: Reader, { now, kinds, id }: Wanted) {
  const query = reader
    .selectFrom('jobs')
    .where('state', '=', 'queued')
    .where('run_at', '<=', now)
    .where('kind', 'in', [...kinds])
    .where((e) => e.or([e('lane', 'is', null), e('lane', 'not in', busyLanes(reader))]));
  return id === undefined ? query : query.where('id', '=', id);
}

/** By the records: the one that should run next. */
export async function nextWaitingJob(reader: Reader, wanted: Wanted): Promise<StoredJob | undefined> {
  return await waitingJobs(reader, wanted)
    .selectAll()
    .orderBy('priority', 'desc')
    .orderBy('run_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}
