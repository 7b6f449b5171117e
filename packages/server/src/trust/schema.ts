import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

export type PromiseKind =
  | 'backup-fresh'
  | 'off-site-copy'
  | 'restore-rehearsed'
  | 'recovery-within-target'
  | 'recovery-kit'
  | 'opened-by-leave'
  | 'audit-log-kept'
  | 'accounts-unaltered';
export type PromiseState = 'kept' | 'at-risk' | 'broken' | 'unknown';

/** The last evaluation of each promise; the history is the record. */
export interface PromiseRow {
  id: Generated<number>;
  kind: PromiseKind;
  /** Id of a source or of a service, or `organisation`. */
  subject_id: string;
  state: PromiseState;
  since: Instant;
  evaluated_at: Instant;
  /** JSON of `Evidence` */
  evidence: string;
}

/** Appended, never changed: every change of state with the evidence it rested on. */
export interface PromiseHistoryRow {
  id: Generated<number>;
  promise_id: number;
  at: Instant;
  from_state: PromiseState | null;
  to_state: PromiseState;
  evidence: string;
}

export interface TrustTables {
  promises: PromiseRow;
  promise_history: PromiseHistoryRow;
}
