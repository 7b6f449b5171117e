import type { Generated } from 'kysely';
import type { Instant } from '../clock.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface JobRow {
  id: Generated<number>;
  kind: string;
  /** JSON */
  payload: string;
  state: JobState;
  /** While one job with this key is queued or running, a second is not made. */
  unique_key: string | null;
  /** Of the jobs of one lane only one runs at a time, in any process. */
  lane: string | null;
  attempts: number;
  max_attempts: number;
  /** Of those that may run the greatest goes first. */
  priority: number;
  /** Not before. */
  run_at: Instant;
  /** The process that runs it. */
  lease_owner: string | null;
  /** Of the embedded queue; pg-boss keeps its own. */
  lease_until: Instant | null;
  cancel_requested: number;
  /** JSON of the last `JobProgress` */
  progress: string | null;
  /** JSON of a `Failure`: of the last attempt that did not succeed */
  failure: string | null;
  /** JSON of what the handler returned */
  result: string | null;
  created_at: Instant;
  started_at: Instant | null;
  finished_at: Instant | null;
}

export interface JobLogRow {
  job_id: number;
  seq: number;
  at: Instant;
  line: string;
}

export interface JobTables {
  jobs: JobRow;
  job_log: JobLogRow;
}
