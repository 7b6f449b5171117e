import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

/** `damaged`: it answers, and something that was backed up is gone. */
export type HealthState = 'ok' | 'unreachable' | 'damaged' | 'unknown';

export interface SourceHealthRow {
  source_id: string;
  state: HealthState;
  since: Instant;
  checked_at: Instant;
  /** Probes in a row with this result, up to 1000. */
  streak: number;
  /** JSON of `ProbeFinding[]`, bounded */
  findings: string;
}

/** Observed seconds of one UTC day; what is in neither column was not observed. */
export interface HealthDayRow {
  source_id: string;
  /** `2026-11-23` */
  day: string;
  up_seconds: number;
  down_seconds: number;
}

/** `accepted`: a person said that what is missing was meant to go. */
export type OutageState = 'open' | 'ended' | 'accepted';

export interface OutageRow {
  id: Generated<number>;
  source_id: string;
  kind: 'unreachable' | 'damaged';
  state: OutageState;
  /** The first probe that saw it. */
  started_at: Instant;
  ended_at: Instant | null;
  /** What the source is compared with until it ends: the last snapshot before the outage. */
  reference_snapshot_id: string | null;
  findings: string;
}

export interface MonitoringTables {
  source_health: SourceHealthRow;
  health_days: HealthDayRow;
  outages: OutageRow;
}
