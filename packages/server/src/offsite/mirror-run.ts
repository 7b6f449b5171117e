import type { Selectable } from 'kysely';
import type { Failure, Instant } from '../platform/index.ts';
import type { MirrorRunRow, MirrorState, OffSiteCopyRow } from './schema.ts';

/** What an off-site repository keeps until a person says that it was meant to go. */
export interface MirrorLoss {
  /** Another one as soon as anything else is kept. */
  readonly id: string;
  readonly reason: string;
  readonly objects: number;
  readonly bytes: number;
  readonly snapshotCount: number;
  /** The ids of the first thousand. */
  readonly snapshots: readonly string[];
}

/** One attempt to bring an off-site repository up to date. */
export interface MirrorRun {
  readonly id: number;
  /** Its name in the configuration. */
  readonly repository: string;
  readonly jobId: number;
  readonly state: MirrorState;
  readonly reason: string;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  readonly objectsCopied?: number;
  readonly bytesCopied?: number;
  readonly problems?: number;
  readonly removed?: number;
  readonly held?: number;
  readonly loss?: MirrorLoss;
  readonly failure?: Failure;
}

export function mirrorRunFrom(row: Selectable<MirrorRunRow>): MirrorRun {
  const { id, repository, state, reason } = row;
  return {
    id,
    repository,
    state,
    reason,
    jobId: row.job_id,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.objects_copied === null ? {} : { objectsCopied: row.objects_copied }),
    ...(row.bytes_copied === null ? {} : { bytesCopied: row.bytes_copied }),
    ...(row.problems === null ? {} : { problems: row.problems }),
    ...(row.removed === null ? {} : { removed: row.removed }),
    ...(row.held === null ? {} : { held: row.held }),
    ...(row.loss === null ? {} : { loss: JSON.parse(row.loss) as MirrorLoss }),
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as Failure }),
  };
}

/** A backup that was seen at an off-site repository. */
export interface OffSiteCopy {
  readonly repository: string;
  readonly sourceId: string;
  readonly runId: number;
  readonly snapshotId: string;
  readonly recoveryPointAt: Instant;
  readonly confirmedAt: Instant;
}

export const copyFrom = (row: Selectable<OffSiteCopyRow>): OffSiteCopy => ({
  repository: row.repository,
  sourceId: row.source_id,
  runId: row.run_id,
  snapshotId: row.snapshot_id,
  recoveryPointAt: row.recovery_point_at,
  confirmedAt: row.confirmed_at,
});
