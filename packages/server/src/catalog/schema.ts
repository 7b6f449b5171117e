import type { Instant } from '../platform/schema.ts';
import type { Criticality } from './criticality.ts';

export interface ServiceRow {
  id: string;
  /** Unique; lowercase letters, digits and dashes. */
  slug: string;
  name: string;
  criticality: Criticality;
  rpo_seconds: number;
  rto_seconds: number;
  /** Within how many seconds a restore is rehearsed again. */
  rehearse_seconds: number;
  created_at: Instant;
  /** Its slug stays taken by it: said again it is that service again. */
  removed_at: Instant | null;
}

export interface SourceRow {
  id: string;
  service_id: string;
  kind: 'files' | 'postgresql' | 'sqlite';
  /** Unique among the sources that are not removed. */
  name: string;
  /** A path or a URL, never with a password in it. */
  location: string;
  /** JSON of `SourceOptions` */
  options: string;
  schedule: string | null;
  drill_schedule: string | null;
  /** Null: the service's objective. */
  rpo_seconds: number | null;
  created_at: Instant;
  /** Its runs and its evidence outlive a source. */
  removed_at: Instant | null;
}

export interface CatalogTables {
  services: ServiceRow;
  sources: SourceRow;
}
