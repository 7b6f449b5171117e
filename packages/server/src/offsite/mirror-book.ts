import type { Database, Failure, Instant, Reader, Writer } from '../platform/index.ts';
import { copyFrom, type MirrorLoss, type MirrorRun, mirrorRunFrom, type OffSiteCopy } from './mirror-run.ts';
import type { MirrorState } from './schema.ts';

/** What was sent off site, what came of it, and what is known to lie there. */
export class MirrorBook {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Notes since when a repository has been in the configuration; repeating it changes nothing. */
  async know(name: string, since: Instant): Promise<void> {
    await this.#database.change((transaction) =>
      transaction
        .insertInto('offsite_repositories')
        .values({ name, since })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
  }

  async knownSince(name: string): Promise<Instant | undefined> {
    const row = await this.#database.read
      .selectFrom('offsite_repositories')
      .select('since')
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.since;
  }

  async begin(run: {
    repository: string;
    jobId: number;
    reason: string;
    startedAt: Instant;
  }): Promise<MirrorRun> {
    const row = await this.#database.change((transaction) =>
      transaction
        .insertInto('mirror_runs')
        .values({
          repository: run.repository,
          job_id: run.jobId,
          state: 'running',
          reason: run.reason,
          started_at: run.startedAt,
          finished_at: null,
          objects_copied: null,
          bytes_copied: null,
          problems: null,
          removed: null,
          held: null,
          loss: null,
          failure: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    );
    return mirrorRunFrom(row);
  }

  async end(
    id: number,
    result: {
      state: Exclude<MirrorState, 'running'>;
      finishedAt: Instant;
      objectsCopied?: number;
      bytesCopied?: number;
      problems?: number;
      removed?: number;
      held?: number;
      loss?: MirrorLoss;
      failure?: Failure;
    },
    copies: readonly OffSiteCopy[] = [],
  ): Promise<MirrorRun> {
    const row = await this.#database.change(async (transaction) => {
      for (const copy of copies) {
        const seen = {
          run_id: copy.runId,
          snapshot_id: copy.snapshotId,
          recovery_point_at: copy.recoveryPointAt,
          confirmed_at: copy.confirmedAt,
        };
        await transaction
          .insertInto('offsite_copies')
          .values({ repository: copy.repository, source_id: copy.sourceId, ...seen })
          .onConflict((conflict) => conflict.columns(['repository', 'source_id']).doUpdateSet(seen))
          .execute();
      }
      return transaction
        .updateTable('mirror_runs')
        .set({
          state: result.state,
          finished_at: result.finishedAt,
          objects_copied: result.objectsCopied ?? null,
          bytes_copied: result.bytesCopied ?? null,
          problems: result.problems ?? null,
          removed: result.removed ?? null,
          held: result.held ?? null,
          loss: result.loss === undefined ? null : JSON.stringify(result.loss),
          failure: result.failure === undefined ? null : JSON.stringify(result.failure),
        })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    return mirrorRunFrom(row);
  }

  /** Closes what a vanished worker left open; repeating it changes nothing. */
  async interruptJob(
    transaction: Writer,
    jobId: number,
    at: Instant,
    failure: Failure,
  ): Promise<MirrorRun[]> {
    const rows = await transaction
      .updateTable('mirror_runs')
      .set({ state: 'interrupted', finished_at: at, failure: JSON.stringify(failure) })
      .where('job_id', '=', jobId)
      .where('state', '=', 'running')
      .returningAll()
      .execute();
    return rows.map(mirrorRunFrom);
  }

  async run(id: number): Promise<MirrorRun | undefined> {
    const row = await this.#database.read
      .selectFrom('mirror_runs')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : mirrorRunFrom(row);
  }

  /** Newest first. `beforeId`: older than that run. */
  async runs(
    filter: {
      repository?: string;
      jobId?: number;
      states?: readonly MirrorState[];
      beforeId?: number;
      limit?: number;
    },
    reader: Reader = this.#database.read,
  ): Promise<MirrorRun[]> {
    let query = reader
      .selectFrom('mirror_runs')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.repository !== undefined) query = query.where('repository', '=', filter.repository);
    if (filter.jobId !== undefined) query = query.where('job_id', '=', filter.jobId);
    if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
    if (filter.states !== undefined) query = query.where('state', 'in', filter.states);
    return (await query.execute()).map(mirrorRunFrom);
  }

  async copies(repository: string): Promise<OffSiteCopy[]> {
    const rows = await this.#database.read
      .selectFrom('offsite_copies')
      .selectAll()
      .where('repository', '=', repository)
      .execute();
    return rows.map(copyFrom);
  }
}
