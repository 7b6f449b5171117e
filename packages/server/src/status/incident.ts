import type { Instant } from '../platform/index.ts';
import type { Impact, IncidentState } from './schema.ts';

/** When a service is expected back, always with what was measured to know it. */
export interface IncidentEstimate {
  readonly seconds: number;
  /** Absent while no restore has begun: a time of day would be wrong a moment later. */
  readonly expectedBackAt?: Instant;
  /** "the last rehearsal took 2 m 41 s" */
  readonly basis: string;
}

export interface IncidentUpdate {
  readonly at: Instant;
  readonly state: IncidentState;
  readonly text: string;
}

export interface Incident {
  readonly id: number;
  readonly title: string;
  readonly state: IncidentState;
  readonly impact: Impact;
  readonly openedBy: 'monitoring' | 'person';
  readonly openedAt: Instant;
  readonly resolvedAt?: Instant;
  readonly serviceIds: readonly string[];
  /** Absent when nothing was ever measured. */
  readonly estimate?: IncidentEstimate;
  /**
   * When the restore began that runs, or that passed last; the estimate's time of day counts from it. Absent
   * before any began, and after one that did not succeed.
   */
  readonly restoreBeganAt?: Instant;
  /** Newest first. */
  readonly updates: readonly IncidentUpdate[];
}

export type IncidentFact =
  | { readonly type: 'incident.opened'; readonly incident: Incident }
  | { readonly type: 'incident.updated'; readonly incident: Incident }
  | { readonly type: 'incident.resolved'; readonly incident: Incident };
