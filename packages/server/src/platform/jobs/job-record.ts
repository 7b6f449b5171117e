import type { Selectable } from 'kysely';
import type { Failure } from '../failure.ts';
import type { Writable } from '../writable.ts';
import type { Job, JobProgress } from './job-queue.ts';
import type { JobRow } from './schema.ts';

/** A row as the queue's users see it. */
export function jobFrom(row: Selectable<JobRow>): Job {
  const job: Writable<Job> = {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload) as unknown,
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    runAt: row.run_at,
    createdAt: row.created_at,
  };
  if (row.progress !== null) job.progress = JSON.parse(row.progress) as JobProgress;
  if (row.failure !== null) job.failure = JSON.parse(row.failure) as Failure;
  if (row.result !== null) job.result = JSON.parse(row.result) as unknown;
  if (row.started_at !== null) job.startedAt = row.started_at;
  if (row.finished_at !== null) job.finishedAt = row.finished_at;
  return job;
}
