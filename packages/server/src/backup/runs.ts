import type { StorageUse } from '@octobox/storage';
import { type OneOfSource, ofEachSource } from '../catalog/index.ts';
import type { Database, Failure, Instant, Writer } from '../platform/index.ts';
import { type Run, runFrom } from './run.ts';
import type { ReplacementKind, RunState } from './schema.ts';
import { ReplacedSnapshots } from './snapshots/replaced-snapshots.ts';

const storedUse = (use: StorageUse | undefined): string | null =>
  use === undefined ? null : JSON.stringify(use);

/** The book of runs: what was attempted, and what came of it. */
export class Runs {
  readonly #database: Database;
  readonly #replaced: ReplacedSnapshots;

  constructor(database: Database) {
    this.#database = database;
    this.#replaced = new ReplacedSnapshots(database);
  }

  async begin(run: {
    sourceId: string;
    jobId: number;
    reason: string;
    startedAt: Instant;
    suspect: boolean;
  }): Promise<Run> {
    const row = await this.#database.change((transaction) =>
      transaction
        .insertInto('runs')
        .values({
          source_id: run.sourceId,
          job_id: run.jobId,
          state: 'running',
          reason: run.reason,
          started_at: run.startedAt,
          finished_at: null,
          snapshot_id: null,
          recovery_point_at: null,
          bytes_read: null,
          bytes_stored: null,
          files: null,
          files_changed: null,
          warnings: '[]',
          failure: null,
          suspect: run.suspect ? 1 : 0,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return runFrom(row);
  }

  async succeed(
    id: number,
    result: {
      finishedAt: Instant;
      snapshotId: string;
      recoveryPointAt: Instant;
      bytesRead: number;
      bytesStored: number;
      files: number;
      filesChanged: number;
      storage?: StorageUse | undefined;
      warnings: readonly string[];
      suspect: boolean;
    },
  ): Promise<Run> {
    const row = await this.#database.change(async (transaction) => {
      // Between the snapshot and this somebody may have given it other tags, and so another id.
      const replaced = await this.#replaced.successor(result.snapshotId, transaction);
      return await transaction
        .updateTable('runs')
        .set({
          state: 'succeeded',
          finished_at: result.finishedAt,
          snapshot_id: replaced?.id ?? result.snapshotId,
          recovery_point_at: result.recoveryPointAt,
          bytes_read: result.bytesRead,
          bytes_stored: result.bytesStored,
          files: result.files,
          files_changed: result.filesChanged,
          storage: storedUse(result.storage),
          warnings: JSON.stringify(result.warnings),
          suspect: result.suspect || replaced?.how === 'repaired' ? 1 : 0,
        })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    return runFrom(row);
  }

  async fail(
    id: number,
    result: {
      state: 'failed' | 'cancelled' | 'interrupted';
      finishedAt: Instant;
      storage?: StorageUse | undefined;
      failure: Failure;
    },
  ): Promise<Run> {
    const row = await this.#database.change((transaction) =>
      transaction
        .updateTable('runs')
        .set({
          state: result.state,
          finished_at: result.finishedAt,
          storage: storedUse(result.storage),
          failure: JSON.stringify(result.failure),
        })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return runFrom(row);
  }

  /** Their snapshot has another id from now on. Of one that was repaired something is lost: nothing may rest on it. */
  async replaceSnapshot(transaction: Writer, old: string, id: string, how: ReplacementKind): Promise<void> {
    const changed = { snapshot_id: id, ...(how === 'repaired' ? { suspect: 1 } : {}) };
    await transaction.updateTable('runs').set(changed).where('snapshot_id', '=', old).execute();
  }

  /** Closes what a vanished worker left open; repeating it changes nothing. */
  async interruptJob(transaction: Writer, jobId: number, at: Instant, failure: Failure): Promise<Run[]> {
    const rows = await transaction
      .updateTable('runs')
      .set({ state: 'interrupted', finished_at: at, failure: JSON.stringify(failure) })
      .where('job_id', '=', jobId)
      .where('state', '=', 'running')
      .returningAll()
      .execute();
    return rows.map(runFrom);
  }

  async get(id: number): Promise<Run | undefined> {
    const row = await this.#database.read
      .selectFrom('runs')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : runFrom(row);
  }

  /**
   * Newest first. `sourceIds`: of one of these; `beforeId`: older than that run; `since` and `until`: begun between these
   * two, themselves included.
   */
  async list(
    filter: {
      sourceId?: string;
      sourceIds?: readonly string[];
      state?: RunState;
      jobId?: number;
      beforeId?: number;
      since?: Instant;
      until?: Instant;
      limit?: number;
    } = {},
  ): Promise<Run[]> {
    if (filter.sourceIds?.length === 0) return [];
    let query = this.#database.read
      .selectFrom('runs')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.sourceId !== undefined) query = query.where('source_id', '=', filter.sourceId);
    if (filter.sourceIds !== undefined) query = query.where('source_id', 'in', [...filter.sourceIds]);
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
    if (filter.since !== undefined) query = query.where('started_at', '>=', filter.since);
    if (filter.until !== undefined) query = query.where('started_at', '<=', filter.until);
    if (filter.jobId !== undefined) query = query.where('job_id', '=', filter.jobId);
    return (await query.execute()).map(runFrom);
  }

  /** The newest backup that was taken while the source was whole. */
  async lastGood(sourceId: string): Promise<Run | undefined> {
    return (await this.lastGoodOf([sourceId])).get(sourceId);
  }

  /** The same of many, by source; in one statement. */
  async lastGoodOf(sourceIds: readonly string[]): Promise<ReadonlyMap<string, Run>> {
    return await this.#ofEach(sourceIds, (source) =>
      source
        .selectFrom('runs')
        .select('runs.id')
        .whereRef('runs.source_id', '=', 'sources.id')
        .where('runs.state', '=', 'succeeded')
        .where('runs.suspect', '=', 0)
        .orderBy('runs.recovery_point_at', 'desc')
        .orderBy('runs.id', 'desc')
        .limit(1),
    );
  }

  /** The newest of each source, whatever became of it. */
  async lastOf(sourceIds: readonly string[]): Promise<ReadonlyMap<string, Run>> {
    return await this.#ofEach(sourceIds, (source) =>
      source
        .selectFrom('runs')
        .select('runs.id')
        .whereRef('runs.source_id', '=', 'sources.id')
        .orderBy('runs.id', 'desc')
        .limit(1),
    );
  }

  async #ofEach(sourceIds: readonly string[], one: OneOfSource): Promise<ReadonlyMap<string, Run>> {
    if (sourceIds.length === 0) return new Map();
    const rows = await this.#database.read
      .selectFrom('runs')
      .selectAll()
      .where('id', 'in', ofEachSource(sourceIds, one))
      .execute();
    return new Map(rows.map((row) => [row.source_id, runFrom(row)]));
  }

  /** Good backups with a later recovery point. */
  async countNewer(sourceId: string, recoveryPointAt: Instant): Promise<number> {
    const { newer } = await this.#database.read
      .selectFrom('runs')
      .select((e) => e.fn.countAll<number>().as('newer'))
      .where('source_id', '=', sourceId)
      .where('state', '=', 'succeeded')
      .where('suspect', '=', 0)
      .where('recovery_point_at', '>', recoveryPointAt)
      .executeTakeFirstOrThrow();
    return Number(newer);
  }

  async bySnapshot(snapshotId: string): Promise<Run | undefined> {
    const row = await this.#database.read
      .selectFrom('runs')
      .selectAll()
      .where('snapshot_id', '=', snapshotId)
      .orderBy('id')
      .executeTakeFirst();
    return row === undefined ? undefined : runFrom(row);
  }
}
