import type { Check } from '@octobox/sources';
import type { Selectable } from 'kysely';
import type { Failure, Instant } from '../platform/index.ts';
import type { DrillRow, RecoveryState, RestoreRow } from './schema.ts';

interface Recovery {
  readonly id: number;
  readonly sourceId: string;
  readonly jobId: number;
  readonly state: RecoveryState;
  readonly reason: string;
  readonly snapshotId?: string;
  readonly recoveryPointAt?: Instant;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  readonly restoreSeconds?: number;
  readonly verifySeconds?: number;
  /** Restore and verification together: what a customer would have waited. */
  readonly recoverySeconds?: number;
  /** Age of the snapshot when it began: so much work would have been lost. */
  readonly lossSeconds?: number;
  readonly bytes?: number;
  readonly files?: number;
  readonly checks: readonly Check[];
  readonly failure?: Failure;
  readonly warnings: readonly string[];
}

/** A rehearsed restore into a scratch place, measured. */
export interface Drill extends Recovery {
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
}

/** A restore in place of the live source, measured. */
export interface Restore extends Recovery {
  readonly estimateSeconds?: number;
  readonly incidentId?: number;
}

function recoveryFrom(row: Selectable<DrillRow> | Selectable<RestoreRow>): Recovery {
  const { restore_ms, verify_ms } = row;
  return {
    id: row.id,
    sourceId: row.source_id,
    jobId: row.job_id,
    state: row.state,
    reason: row.reason,
    startedAt: row.started_at,
    ...(row.snapshot_id === null ? {} : { snapshotId: row.snapshot_id }),
    ...(row.recovery_point_at === null
      ? {}
      : {
          recoveryPointAt: row.recovery_point_at,
          lossSeconds: (Date.parse(row.started_at) - Date.parse(row.recovery_point_at)) / 1_000,
        }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(restore_ms === null ? {} : { restoreSeconds: restore_ms / 1_000 }),
    ...(verify_ms === null ? {} : { verifySeconds: verify_ms / 1_000 }),
    ...(restore_ms === null || verify_ms === null
      ? {}
      : { recoverySeconds: (restore_ms + verify_ms) / 1_000 }),
    ...(row.bytes === null ? {} : { bytes: row.bytes }),
    ...(row.files === null ? {} : { files: row.files }),
    checks: row.checks === null ? [] : (JSON.parse(row.checks) as Check[]),
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as Failure }),
    warnings: JSON.parse(row.warnings) as string[],
  };
}

export const drillFrom = (row: Selectable<DrillRow>): Drill => ({
  ...recoveryFrom(row),
  rpoSeconds: row.rpo_seconds,
  rtoSeconds: row.rto_seconds,
});

export const restoreFrom = (row: Selectable<RestoreRow>): Restore => ({
  ...recoveryFrom(row),
  ...(row.estimate_ms === null ? {} : { estimateSeconds: row.estimate_ms / 1_000 }),
  ...(row.incident_id === null ? {} : { incidentId: row.incident_id }),
});
