import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

/** `interrupted`: the process or the machine went away; its job is run again and gets a row of its own. */
export type RunState = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

export interface RunRow {
  id: Generated<number>;
  source_id: string;
  job_id: number;
  state: RunState;
  /** `schedule`, `manual`, `after-restore`, … */
  reason: string;
  started_at: Instant;
  finished_at: Instant | null;
  /** Only a run that succeeded has one. */
  snapshot_id: string | null;
  /** The instant of the consistent view: what is after it is not in the backup. */
  recovery_point_at: Instant | null;
  bytes_read: number | null;
  bytes_stored: number | null;
  files: number | null;
  files_changed: number | null;
  /** JSON array of texts, bounded */
  warnings: string;
  /** JSON of a `Failure` */
  failure: string | null;
  /** JSON of a `StorageUse`; null of a disk, which is not measured */
  storage: Generated<string | null>;
  /** Taken while the source was known to lack something; never counted as fresh. */
  suspect: number;
}

/** How much lay in the platform's repository. */
export interface RepositorySizeRow {
  at: Instant;
  bytes: number;
  files: number;
}

/** A snapshot that a job to forget was asked for. */
export interface PlannedRemovalRow {
  job_id: number;
  snapshot_id: string;
}

/** `relabelled`: other tags, host or time beside the same tree. `rewritten`, `repaired`: another tree. */
export type ReplacementKind = 'relabelled' | 'rewritten' | 'repaired';

export interface ReplacedSnapshotRow {
  old_id: string;
  /** The one of now, however often it was replaced in between. */
  new_id: string;
  how: ReplacementKind;
  replaced_at: Instant;
}

/** Where a backup lies, or lay. */
export interface RepositoryLocationRow {
  location: string;
  first_backup_at: Instant;
}

export interface BackupTables {
  planned_removals: PlannedRemovalRow;
  replaced_snapshots: ReplacedSnapshotRow;
  repository_locations: RepositoryLocationRow;
  repository_sizes: RepositorySizeRow;
  runs: RunRow;
}
