import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

/**
 * `passed`: restored, and every check of the verification passed. `failed`: a check did not pass, or
 * the restore itself broke. `interrupted`: the process went away; the job is run again.
 */
export type RecoveryState = 'running' | 'passed' | 'failed' | 'cancelled' | 'interrupted';

interface RecoveryColumns {
  id: Generated<number>;
  source_id: string;
  job_id: number;
  state: RecoveryState;
  reason: string;
  snapshot_id: string | null;
  recovery_point_at: Instant | null;
  started_at: Instant;
  finished_at: Instant | null;
  /** From the beginning until the copy stood. */
  restore_ms: number | null;
  verify_ms: number | null;
  /** Bytes of the source's data in the snapshot. */
  bytes: number | null;
  files: number | null;
  /** JSON of `Check[]` */
  checks: string | null;
  failure: string | null;
  warnings: string;
}

export interface DrillRow extends RecoveryColumns {
  /** The objectives at that time, so that a later change does not rewrite history. */
  rpo_seconds: number;
  rto_seconds: number;
}

export interface RestoreRow extends RecoveryColumns {
  /** What the last drill let expect when it began. */
  estimate_ms: number | null;
  incident_id: number | null;
}

/** What somebody was shown before a restore, to be started as it is. */
export interface RestorePlanRow {
  id: string;
  user_id: string;
  source_id: string;
  snapshot_id: string;
  /** JSON of kind, location and options of the source at that time. */
  replaces: string;
  made_at: Instant;
  /** Once it was started. */
  job_id: number | null;
}

export interface RecoveryTables {
  restore_plans: RestorePlanRow;
  drills: DrillRow;
  restores: RestoreRow;
}
