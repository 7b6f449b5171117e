import type { Generated } from 'kysely';
import type { Instant } from '../clock.ts';

export interface ScheduleRow {
  id: Generated<number>;
  /** Names the handler: `backup`, `drill`. */
  kind: string;
  /** What it is about: the id of a source. Unique per kind. */
  subject: string;
  /** `every 1h`, or `0 3 * * *` with a time zone behind it. */
  expression: string;
  /** Intervals are counted from here, so that they do not drift. */
  anchor_at: Instant;
  next_due_at: Instant;
  last_due_at: Instant | null;
  /** The job made for `last_due_at`. */
  last_job_id: number | null;
  created_at: Instant;
}

export type LapseKind = 'late' | 'missed' | 'overlap' | 'clock';

/** A due time that was not met. Appended, never changed. */
export interface LapseRow {
  id: Generated<number>;
  schedule_id: number;
  kind: LapseKind;
  schedule_kind: string;
  subject: string;
  first_due_at: Instant;
  last_due_at: Instant;
  /** How many due times lie from the first to the last. */
  count: number;
  noticed_at: Instant;
  reason: string;
}

/** Signs of life of a loop that must never stop silently. */
export interface HeartbeatRow {
  name: string;
  at: Instant;
}

export interface SilenceRow {
  id: Generated<number>;
  name: string;
  from_at: Instant;
  to_at: Instant;
}

export interface ScheduleTables {
  schedules: ScheduleRow;
  schedule_lapses: LapseRow;
  heartbeats: HeartbeatRow;
  silences: SilenceRow;
}
