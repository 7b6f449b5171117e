import type { Selectable } from 'kysely';
import type { Instant } from '../platform/index.ts';
import type { Criticality } from './criticality.ts';
import type { ServiceRow, SourceRow } from './schema.ts';

/** Something customers use, with the objectives it is held to. */
export interface Service {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly criticality: Criticality;
  /** Recovery point objective: at most so much work may be lost. */
  readonly rpoSeconds: number;
  /** Recovery time objective: back within this time. */
  readonly rtoSeconds: number;
  readonly rehearseSeconds: number;
  readonly createdAt: Instant;
}

/** Part of a service that is backed up. */
export interface ProtectedSource {
  readonly id: string;
  readonly serviceId: string;
  readonly kind: SourceRow['kind'];
  readonly name: string;
  /** A path or a URL without a password. */
  readonly location: string;
  readonly options: SourceOptions;
  /** When backups run; absent: only on demand. */
  readonly schedule?: string;
  /** When restores are rehearsed; absent: only on demand. */
  readonly drillSchedule?: string;
  /** Its own objective, else its service's. */
  readonly rpoSeconds: number;
  /** Its own alone; absent: it follows its service's. */
  readonly ownRpoSeconds?: number;
  readonly createdAt: Instant;
}

export interface SourceOptions {
  /** Files: patterns in restic's language. */
  readonly excludes?: readonly string[];
  readonly oneFileSystem?: boolean;
  /** Files: more paths than `location`. */
  readonly paths?: readonly string[];
  /**
   * PostgreSQL: a server whose scratch databases drills may use; absent: a private cluster. A password in it is kept
   * apart, and goes when the address is given again without one.
   */
  readonly scratchServer?: string;
}

export const serviceFrom = (row: Selectable<ServiceRow>): Service => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  criticality: row.criticality,
  rpoSeconds: row.rpo_seconds,
  rtoSeconds: row.rto_seconds,
  rehearseSeconds: row.rehearse_seconds,
  createdAt: row.created_at,
});

export const sourceFrom = (row: Selectable<SourceRow>, serviceRpo: number): ProtectedSource => ({
  id: row.id,
  serviceId: row.service_id,
  kind: row.kind,
  name: row.name,
  location: row.location,
  options: JSON.parse(row.options) as SourceOptions,
  ...(row.schedule === null ? {} : { schedule: row.schedule }),
  ...(row.drill_schedule === null ? {} : { drillSchedule: row.drill_schedule }),
  rpoSeconds: row.rpo_seconds ?? serviceRpo,
  ...(row.rpo_seconds === null ? {} : { ownRpoSeconds: row.rpo_seconds }),
  createdAt: row.created_at,
});
