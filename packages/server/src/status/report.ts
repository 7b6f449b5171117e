import type { ForgetConcernCode } from '@octobox/repository';
import type { SourceKind } from '@octobox/sources';
import type { Criticality } from '../catalog/index.ts';
import type { KitTrouble } from '../kits/index.ts';
import type { HealthState } from '../monitoring/index.ts';
import type { Instant } from '../platform/index.ts';
import type { PromiseKind, PromiseState, Sentence } from '../trust/index.ts';
import type { IncidentEstimate, IncidentUpdate } from './incident.ts';
import type { Impact, IncidentState } from './schema.ts';

/**
 * What `/status.json` says; the page shows the same. Fields may be added, never renamed.
 * Times are UTC instants, durations seconds, sizes bytes.
 */
export interface StatusReport {
  readonly title: string;
  readonly generatedAt: Instant;
  readonly state: OverallState;
  /** For people: "All services work". */
  readonly summary: string;
  /** Whether the platform itself watches at this moment; when it does not, nothing else is certain. */
  readonly watching: { readonly alive: boolean; readonly lastSignAt?: Instant };
  readonly services: readonly ServiceReport[];
  /** What is promised of no single service. */
  readonly general: readonly PromiseReport[];
  /** Open ones first, then the newest of the last 90 days. */
  readonly incidents: readonly IncidentReport[];
  readonly promises: { readonly [state in PromiseState]: number };
  /** Where the backups lie; the primary repository first. */
  readonly repositories: readonly RepositoryReport[];
}

export interface RepositoryReport {
  readonly role: 'primary' | 'off-site';
  /** Of an off-site one: its name in the configuration. */
  readonly name?: string;
  /** For people: "Paris, France"; absent: not told. */
  readonly place?: string;
  /** Of an off-site one. `unknown` is never good; `behind` says that something is still to be sent. */
  readonly state?: 'up-to-date' | 'behind' | 'failing' | 'unknown';
  /** Everything up to then is there. */
  readonly upTo?: Instant;
  /** Backups that are not there yet, and the bytes they stored. */
  readonly behind?: { readonly runs: number; readonly bytes: number };
  readonly lastSuccessAt?: Instant;
  /** Objects that stay there because much went missing here at once; `octobox mirror --accept-loss` ends that. */
  readonly held?: number;
  /** Whether it can be opened when this installation is gone; absent as long as nothing is protected. */
  readonly recoveryKit?: KitReport;
}

/** Of the recovery kits of a repository: whether they were proved and still fit, and when; nothing of what they hold. */
export interface KitReport {
  /** As of a promise: a recovery kit exists, was proved, and is newer than the last change of a key. */
  readonly state: PromiseState;
  /** What is wrong with it; absent when nothing is. */
  readonly trouble?: KitTrouble;
  readonly madeAt?: Instant;
  /** When somebody restored with nothing but the kits. */
  readonly verifiedAt?: Instant;
}

export type ServiceState = 'operational' | 'degraded' | 'outage' | 'unknown';
export type OverallState = ServiceState;

export interface ServiceReport {
  readonly slug: string;
  readonly name: string;
  readonly criticality: Criticality;
  readonly state: ServiceState;
  /** With `degraded`: everything answers, and all that is wrong is that a backup was unlike those before it. */
  readonly changedUnusually?: true;
  readonly since?: Instant;
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
  /** 90 days, oldest first, today last. */
  readonly days: readonly DayReport[];
  /** Share of the observed time in which it worked, 0 to 1; absent when nothing was observed. */
  readonly uptime?: number;
  /** How long it was observed in these days, which is what `uptime` is a share of. */
  readonly observedSeconds: number;
  readonly sources: readonly SourceReport[];
  readonly promises: readonly PromiseReport[];
  /** Due times of the last 90 days that were met late or not at all; newest first, at most 20. */
  readonly lapses: readonly LapseReport[];
}

export interface LapseReport {
  readonly source: string;
  readonly of: 'backup' | 'drill';
  readonly kind: 'late' | 'missed' | 'overlap' | 'clock';
  readonly firstDueAt: Instant;
  readonly lastDueAt: Instant;
  readonly count: number;
  readonly reason: string;
}

export interface DayReport {
  readonly day: string;
  /** `none`: nothing was observed, which is not the same as good. */
  readonly state: 'ok' | 'degraded' | 'outage' | 'none';
  readonly upSeconds: number;
  readonly downSeconds: number;
}

export interface SourceReport {
  readonly name: string;
  readonly kind: SourceKind;
  readonly state: HealthState;
  readonly checkedAt?: Instant;
  readonly schedule?: string;
  readonly nextDueAt?: Instant;
  readonly nextDrillAt?: Instant;
  readonly lastBackup?: {
    readonly recoveryPointAt: Instant;
    readonly bytesRead: number;
    readonly bytesStored: number;
    readonly snapshotId: string;
  };
  /** Snapshots that the retention rules do not keep and that stay: forgetting them looked like a mistake or an attack. */
  readonly heldHistory?: HeldHistoryReport;
}

export interface HeldHistoryReport {
  readonly at: Instant;
  readonly snapshots: number;
  readonly of: number;
  readonly reasons: readonly { readonly code: ForgetConcernCode; readonly sentence: string }[];
}

export interface PromiseReport {
  readonly kind: PromiseKind;
  readonly source?: string;
  readonly sentence: string;
  readonly state: PromiseState;
  readonly since: Instant;
  readonly evidence: {
    readonly text: string;
    readonly sentence: Sentence;
    readonly observedAt?: Instant;
    readonly facts: Readonly<Record<string, string | number | boolean>>;
  };
  /** Changes of state of the last 90 days, newest first, at most 50; empty when it never changed. */
  readonly history: readonly PromiseChangeReport[];
}

export interface PromiseChangeReport {
  readonly at: Instant;
  readonly from: PromiseState;
  readonly to: PromiseState;
  /** What was seen then, as `evidence` has it. */
  readonly text: string;
  readonly sentence: Sentence;
}

export interface IncidentReport {
  readonly id: number;
  readonly title: string;
  readonly state: IncidentState;
  readonly impact: Impact;
  readonly services: readonly string[];
  readonly openedAt: Instant;
  readonly resolvedAt?: Instant;
  readonly estimate?: IncidentEstimate;
  /** Absent while no restore runs. */
  readonly restoreBeganAt?: Instant;
  /** Newest first. */
  readonly updates: readonly IncidentUpdate[];
}
