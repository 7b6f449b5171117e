import type { Check } from '@octobox/sources';
import type { Selectable } from 'kysely';
import type { Failure, Instant, Writable } from '../platform/index.ts';
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

function recoveryFrom(row: Selectable<DrillRow> | Selectable<RestoreRow>): Writable<Recovery> {
  const { restore_ms, verify_ms } = row;
  const recovery: Writable<Recovery> = {
    id: row.id,
    sourceId: row.source_id,
    jobId: row.job_id,
    state: row.state,
    reason: row.reason,
    startedAt: row.started_at,
    checks: row.checks === null ? [] : (JSON.parse(row.checks) as Check[]),
    warnings: JSON.parse(row.warnings) as string[],
  };
  if (row.snapshot_id !== null) recovery.snapshotId = row.snapshot_id;
  if (row.recovery_point_at !== null) {
    recovery.recoveryPointAt = row.recovery_point_at;
    recovery.lossSeconds = (Date.parse(row.started_at) - Date.parse(row.recovery_point_at)) / 1_000;
  }
  if (row.finished_at !== null) recovery.finishedAt = row.finished_at;
  if (restore_ms !== null) recovery.restoreSeconds = restore_ms / 1_000;
  if (verify_ms !== null) recovery.verifySeconds = verify_ms / 1_000;
  if (restore_ms !== null && verify_ms !== null) recovery.recoverySeconds = (restore_ms + verify_ms) / 1_000;
  if (row.bytes !== null) recovery.bytes = row.bytes;
  if (row.files !== null) recovery.files = row.files;
  if (row.failure !== null) recovery.failure = JSON.parse(row.failure) as Failure;
  return recovery;
}

export const drillFrom = (row: Selectable<DrillRow>): Drill =>
  Object.assign(recoveryFrom(row), { rpoSeconds: row.rpo_seconds, rtoSeconds: row.rto_seconds });

export function restoreFrom(row: Selectable<RestoreRow>): Restore {
  const restore: Writable<Restore> = recoveryFrom(row);
  if (row.estimate_ms !== null) restore.estimateSeconds = row.estimate_ms / 1_000;
  if (row.incident_id !== null) restore.incidentId = row.incident_id;
  return restore;
}
