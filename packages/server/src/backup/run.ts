import type { StorageUse } from '@octobox/storage';
import type { Selectable } from 'kysely';
import type { Failure, Instant } from '../platform/index.ts';
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
  return {
    id: row.id,
    sourceId: row.source_id,
    jobId: row.job_id,
    state: row.state,
    reason: row.reason,
    startedAt: row.started_at,
    ...(row.finished_at === null
      ? {}
      : {
          finishedAt: row.finished_at,
          durationSeconds: (Date.parse(row.finished_at) - Date.parse(row.started_at)) / 1_000,
        }),
    ...(row.snapshot_id === null ? {} : { snapshotId: row.snapshot_id }),
    ...(row.recovery_point_at === null ? {} : { recoveryPointAt: row.recovery_point_at }),
    ...(row.bytes_read === null ? {} : { bytesRead: row.bytes_read }),
    ...(row.bytes_stored === null ? {} : { bytesStored: row.bytes_stored }),
    ...(row.files === null ? {} : { files: row.files }),
    ...(row.files_changed === null ? {} : { filesChanged: row.files_changed }),
    ...(row.storage === null ? {} : { storage: JSON.parse(row.storage) as StorageUse }),
    warnings: JSON.parse(row.warnings) as string[],
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as Failure }),
    suspect: row.suspect === 1,
  };
}
