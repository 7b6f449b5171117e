import type { Check } from '@octobox/sources';
import { ofEachSource } from '../catalog/index.ts';
import type { Database, Failure, Instant, Writer } from '../platform/index.ts';
import { type Drill, drillFrom, type Restore, restoreFrom } from './recovery.ts';
import type { RecoveryState } from './schema.ts';

interface Beginning {
  readonly sourceId: string;
  readonly jobId: number;
  readonly reason: string;
  readonly startedAt: Instant;
  readonly snapshotId: string;
  readonly recoveryPointAt: Instant;
}

interface Ending {
  readonly state: 'passed' | 'failed' | 'cancelled' | 'interrupted';
  readonly finishedAt: Instant;
  readonly restoreMs?: number;
  readonly verifyMs?: number;
  readonly bytes?: number;
  readonly files?: number;
  readonly checks?: readonly Check[];
  readonly failure?: Failure;
  readonly warnings?: readonly string[];
}

const beginning = (begin: Beginning) => ({
  source_id: begin.sourceId,
  job_id: begin.jobId,
  state: 'running' as const,
  reason: begin.reason,
  snapshot_id: begin.snapshotId,
  recovery_point_at: begin.recoveryPointAt,
  started_at: begin.startedAt,
  finished_at: null,
  restore_ms: null,
  verify_ms: null,
  bytes: null,
  files: null,
  checks: null,
  failure: null,
  warnings: '[]',
});

const ending = (end: Ending) => ({
  state: end.state,
  finished_at: end.finishedAt,
  restore_ms: end.restoreMs === undefined ? null : Math.round(end.restoreMs),
  verify_ms: end.verifyMs === undefined ? null : Math.round(end.verifyMs),
  bytes: end.bytes ?? null,
  files: end.files ?? null,
  checks: end.checks === undefined ? null : JSON.stringify(end.checks),
  failure: end.failure === undefined ? null : JSON.stringify(end.failure),
  warnings: JSON.stringify(end.warnings ?? []),
});

interface RecoveryFilter {
  readonly sourceId?: string;
  /** Of one of these. */
  readonly sourceIds?: readonly string[];
  readonly state?: RecoveryState;
  readonly jobId?: number;
  /** Restores for that one; drills are for none. */
  readonly incidentId?: number;
  /** Older than that one. */
  readonly beforeId?: number;
  /** Default: 100. */
  readonly limit?: number;
}

/** The book of drills and restores. */
export class Recoveries {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async beginDrill(drill: Beginning & { rpoSeconds: number; rtoSeconds: number }): Promise<Drill> {
    const row = await this.#database.change((transaction) =>
      transaction
        .insertInto('drills')
        .values({ ...beginning(drill), rpo_seconds: drill.rpoSeconds, rto_seconds: drill.rtoSeconds })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return drillFrom(row);
  }

  async endDrill(id: number, end: Ending): Promise<Drill> {
    const row = await this.#database.change((transaction) =>
      transaction
        .updateTable('drills')
        .set(ending(end))
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return drillFrom(row);
  }

  async beginRestore(restore: Beginning & { estimateMs?: number; incidentId?: number }): Promise<Restore> {
    const row = await this.#database.change((transaction) =>
      transaction
        .insertInto('restores')
        .values({
          ...beginning(restore),
          estimate_ms: restore.estimateMs === undefined ? null : Math.round(restore.estimateMs),
          incident_id: restore.incidentId ?? null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return restoreFrom(row);
  }

  async endRestore(id: number, end: Ending): Promise<Restore> {
    const row = await this.#database.change((transaction) =>
      transaction
        .updateTable('restores')
        .set(ending(end))
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return restoreFrom(row);
  }

  /** What was restored has another id from now on, and still the same contents. */
  async replaceSnapshot(transaction: Writer, old: string, id: string): Promise<void> {
    for (const table of ['drills', 'restores', 'restore_plans'] as const) {
      await transaction.updateTable(table).set({ snapshot_id: id }).where('snapshot_id', '=', old).execute();
    }
  }

  /** Closes what a vanished worker left open; repeating it changes nothing. */
  async interruptJob(transaction: Writer, jobId: number, at: Instant, failure: Failure): Promise<void> {
    const end = { state: 'interrupted' as const, finished_at: at, failure: JSON.stringify(failure) };
    for (const table of ['drills', 'restores'] as const) {
      await transaction
        .updateTable(table)
        .set(end)
        .where('job_id', '=', jobId)
        .where('state', '=', 'running')
        .execute();
    }
  }

  async drill(id: number): Promise<Drill | undefined> {
    const row = await this.#database.read
      .selectFrom('drills')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : drillFrom(row);
  }

  async restore(id: number): Promise<Restore | undefined> {
    const row = await this.#database.read
      .selectFrom('restores')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : restoreFrom(row);
  }

  /** Newest first. */
  async drills(filter: RecoveryFilter = {}): Promise<Drill[]> {
    if (filter.sourceIds?.length === 0) return [];
    let query = this.#database.read
      .selectFrom('drills')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.sourceId !== undefined) query = query.where('source_id', '=', filter.sourceId);
    if (filter.sourceIds !== undefined) query = query.where('source_id', 'in', [...filter.sourceIds]);
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
    if (filter.jobId !== undefined) query = query.where('job_id', '=', filter.jobId);
    return (await query.execute()).map(drillFrom);
  }

  /** Newest first. */
  async restores(filter: RecoveryFilter = {}): Promise<Restore[]> {
    if (filter.sourceIds?.length === 0) return [];
    let query = this.#database.read
      .selectFrom('restores')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.sourceId !== undefined) query = query.where('source_id', '=', filter.sourceId);
    if (filter.sourceIds !== undefined) query = query.where('source_id', 'in', [...filter.sourceIds]);
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
    if (filter.jobId !== undefined) query = query.where('job_id', '=', filter.jobId);
    if (filter.incidentId !== undefined) query = query.where('incident_id', '=', filter.incidentId);
    return (await query.execute()).map(restoreFrom);
  }

  async lastDrill(sourceId: string, state: Drill['state']): Promise<Drill | undefined> {
    return (await this.lastDrillsOf([sourceId], state)).get(sourceId);
  }

  /** The same of many, by source; in one statement. */
  async lastDrillsOf(
    sourceIds: readonly string[],
    state: Drill['state'],
  ): Promise<ReadonlyMap<string, Drill>> {
    if (sourceIds.length === 0) return new Map();
    const newest = ofEachSource(sourceIds, (source) =>
      source
        .selectFrom('drills')
        .select('drills.id')
        .whereRef('drills.source_id', '=', 'sources.id')
        .where('drills.state', '=', state)
        .orderBy('drills.id', 'desc')
        .limit(1),
    );
    const rows = await this.#database.read
      .selectFrom('drills')
      .selectAll()
      .where('id', 'in', newest)
      .execute();
    return new Map(rows.map((row) => [row.source_id, drillFrom(row)]));
  }
}
