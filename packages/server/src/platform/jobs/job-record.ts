import type { Selectable } from 'kysely';
import type { Failure } from '../failure.ts';
import type { Job, JobProgress } from './job-queue.ts';
import type { JobRow } from './schema.ts';

/** A row as the queue's users see it. */
export function jobFrom(row: Selectable<JobRow>): Job {
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload) as unknown,
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    runAt: row.run_at,
    createdAt: row.created_at,
    ...(row.progress === null ? {} : { progress: JSON.parse(row.progress) as JobProgress }),
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as Failure }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as unknown }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  };
}
