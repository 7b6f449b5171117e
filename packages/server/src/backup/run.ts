import type { StorageUse } from '@octobox/storage';
import type { Selectable } from 'kysely';
import type { Failure, Instant, Writable } from '../platform/index.ts';
import type { RunRow, RunState } from './schema.ts';

/** One attempt at a backup of one source. Only with `state: 'succeeded'` is there a backup. */
export interface Run {
  readonly id: number;
  readonly sourceId: string;
  readonly jobId: number;
  readonly state: RunState;
  readonly reason: string;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  readonly durationSeconds?: number;
  readonly snapshotId?: string;
  readonly recoveryPointAt?: Instant;
  readonly bytesRead?: number;
  /** What the repository grew by. */
  readonly bytesStored?: number;
  readonly files?: number;
  readonly filesChanged?: number;
  /** What was asked of the place of the repository until then; absent of a disk, which is not measured. */
  readonly storage?: StorageUse;
  readonly warnings: readonly string[];
  readonly failure?: Failure;
  /** Taken while monitoring knew that the source lacks something. */
  readonly suspect: boolean;
}

export function runFrom(row: Selectable<RunRow>): Run {
  const run: Writable<Run> = {
    id: row.id,
    sourceId: row.source_id,
    jobId: row.job_id,
    state: row.state,
    reason: row.reason,
    startedAt: row.started_at,
    warnings: row.warnings === '[]' ? [] : (JSON.parse(row.warnings) as string[]),
    suspect: row.suspect === 1,
  };
  if (row.finished_at !== null) {
    run.finishedAt = row.finished_at;
    run.durationSeconds = (Date.parse(row.finished_at) - Date.parse(row.started_at)) / 1_000;
  }
  if (row.snapshot_id !== null) run.snapshotId = row.snapshot_id;
  if (row.recovery_point_at !== null) run.recoveryPointAt = row.recovery_point_at;
  if (row.bytes_read !== null) run.bytesRead = row.bytes_read;
  if (row.bytes_stored !== null) run.bytesStored = row.bytes_stored;
  if (row.files !== null) run.files = row.files;
  if (row.files_changed !== null) run.filesChanged = row.files_changed;
  if (row.storage !== null) run.storage = JSON.parse(row.storage) as StorageUse;
  if (row.failure !== null) run.failure = JSON.parse(row.failure) as Failure;
  return run;
}
