import type { Generated } from 'kysely';
import type { Instant } from '../platform/schema.ts';

export type IncidentState = 'investigating' | 'identified' | 'monitoring' | 'resolved';
export type Impact = 'degraded' | 'outage';

export interface IncidentRow {
  id: Generated<number>;
  title: string;
  state: IncidentState;
  impact: Impact;
  /** `monitoring`: opened by the platform itself. */
  opened_by: 'monitoring' | 'person';
  opened_at: Instant;
  resolved_at: Instant | null;
  /** JSON of `Estimate`; null when nothing was measured. */
  estimate: string | null;
}

/** Appended, never changed: what was told to people. */
export interface IncidentUpdateRow {
  id: Generated<number>;
  incident_id: number;
  at: Instant;
  state: IncidentState;
  text: string;
}

export interface IncidentServiceRow {
  incident_id: number;
  service_id: string;
}

export interface IncidentOutageRow {
  incident_id: number;
  outage_id: number;
}

/** A restore whose end was told. */
export interface IncidentRestoreRow {
  incident_id: number;
  restore_id: number;
}

export interface StatusTables {
  incidents: IncidentRow;
  incident_updates: IncidentUpdateRow;
  incident_services: IncidentServiceRow;
  incident_outages: IncidentOutageRow;
  incident_restores: IncidentRestoreRow;
}
