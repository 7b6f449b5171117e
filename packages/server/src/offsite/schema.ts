import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

/**
 * `incomplete`: it ran to its end, and something of the primary repository is damaged and was not copied.
 * `interrupted`: the process went away; its job is run again and gets a row of its own.
 */
export type MirrorState = 'running' | 'succeeded' | 'incomplete' | 'failed' | 'cancelled' | 'interrupted';

/** Since when an off-site repository has been in the configuration, by the name it has there. */
export interface OffSiteRepositoryRow {
  name: string;
  since: Instant;
}

export interface MirrorRunRow {
  id: Generated<number>;
  repository: string;
  job_id: number;
  state: MirrorState;
  reason: string;
  started_at: Instant;
  finished_at: Instant | null;
  objects_copied: number | null;
  bytes_copied: number | null;
  /** Files of the primary repository that could not be copied. */
  problems: number | null;
  removed: number | null;
  /** Objects that went missing at the primary under suspicious circumstances and therefore stay. */
  held: number | null;
  /** JSON of a `MirrorLoss`: what they are, and why. */
  loss: string | null;
  /** JSON of a `Failure` */
  failure: string | null;
}

/** Of each source the newest good backup that was seen at an off-site repository. */
export interface OffSiteCopyRow {
  repository: string;
  source_id: string;
  run_id: number;
  snapshot_id: string;
  recovery_point_at: Instant;
  /** When it was last seen there. */
  confirmed_at: Instant;
}

export interface OffSiteTables {
  offsite_repositories: OffSiteRepositoryRow;
  mirror_runs: MirrorRunRow;
  offsite_copies: OffSiteCopyRow;
}
