import type { ProbeFinding } from '@octobox/sources';
import type { Instant } from '../platform/index.ts';
import type { HealthState, OutageState } from './schema.ts';

export interface SourceHealth {
  readonly sourceId: string;
  readonly state: HealthState;
  readonly since: Instant;
  readonly checkedAt: Instant;
  readonly findings: readonly ProbeFinding[];
}

/** A stretch of time in which a source was away or lacked something. */
export interface Outage {
  readonly id: number;
  readonly sourceId: string;
  readonly kind: 'unreachable' | 'damaged';
  readonly state: OutageState;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly referenceSnapshotId?: string;
  readonly findings: readonly ProbeFinding[];
}

export interface HealthDay {
  readonly day: string;
  readonly upSeconds: number;
  readonly downSeconds: number;
}

export type MonitoringFact =
  | { readonly type: 'outage.started'; readonly outage: Outage }
  | { readonly type: 'outage.ended'; readonly outage: Outage }
  | { readonly type: 'source.probed'; readonly health: SourceHealth };
