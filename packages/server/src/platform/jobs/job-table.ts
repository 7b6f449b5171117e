import type { Selectable } from 'kysely';
import { type Clock, instant } from '../clock.ts';
import type { Database, Reader, Writer } from '../database/index.ts';
import type { Failure } from '../failure.ts';
import type { JobFilter, JobLogLine, JobRequest } from './job-queue.ts';
import type { JobRow, JobState } from './schema.ts';

type StoredJob = Selectable<JobRow>;

export interface Settlement {
  readonly state: JobState;
  readonly failure: string | null;
  readonly result?: string;
  readonly attempts?: number;
  readonly run_at?: string;
}

/** The queue's statements. Each changes a job only from the state, and for the owner, that it expects. */
export class JobTable {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #leaseMs: number;

  constructor(options: { database: Database; clock: Clock; owner: string; leaseMs: number }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#owner = options.owner;
    this.#leaseMs = options.leaseMs;
  }

  #now(): string {
    return instant(this.#clock.now());
  }

  async insert<P>(
    request: JobRequest<P>,
    maxAttempts: number,
    within: Writer | undefined,
  ): Promise<{ row: StoredJob; added: boolean }> {
    if (within === undefined)
      return await this.#database.change((own) => this.insert(request, maxAttempts, own));
    if (request.uniqueKey !== undefined) {
      const holder = await within
        .selectFrom('jobs')
        .selectAll()
        .where('unique_key', '=', request.uniqueKey)
        .where('state', 'in', ['queued', 'running'])
        .executeTakeFirst();
      if (holder !== undefined) return { row: holder, added: false };
    }
    const now = this.#now();
    const row = await within
      .insertInto('jobs')
      .values({
        kind: request.kind,
        payload: JSON.stringify(request.payload),
        state: 'queued',
        unique_key: request.uniqueKey ?? null,
        lane: request.lane ?? null,
        priority: request.priority ?? 0,
        attempts: 0,
        max_attempts: request.maxAttempts ?? maxAttempts,
        run_at: request.runAt ?? now,
        lease_owner: null,
        lease_until: null,
        cancel_requested: 0,
        progress: null,
        failure: null,
        result: null,
        created_at: now,
        started_at: null,
        finished_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { row, added: true };
  }

  async get(id: number): Promise<StoredJob | undefined> {
    return await this.#database.read.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async list(filter: JobFilter): Promise<StoredJob[]> {
    let query = this.#database.read
      .selectFrom('jobs')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
    if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
    if (filter.states !== undefined) query = query.where('state', 'in', [...filter.states]);
    return await query.execute();
  }

  async log(id: number): Promise<JobLogLine[]> {
    return await this.#database.read
      .selectFrom('job_log')
      .select(['at', 'line'])
      .where('job_id', '=', id)
      .orderBy('seq')
      .execute();
  }

  /** Ends a queued job, or asks whoever runs it to stop; false when it had ended before. */
  async cancel(id: number, within?: (transaction: Writer) => Promise<void>): Promise<boolean> {
    return await this.#database.change(async (transaction) => {
      const removed = await transaction
        .updateTable('jobs')
        .set({ state: 'cancelled', finished_at: this.#now() })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .returning('id')
        .executeTakeFirst();
      const asked =
        removed ??
        (await transaction
          .updateTable('jobs')
          .set({ cancel_requested: 1 })
          .where('id', '=', id)
          .where('state', '=', 'running')
          .returning('id')
          .executeTakeFirst());
      if (asked !== undefined) await within?.(transaction);
      return asked !== undefined;
    });
  }

  /** Leases one job that may run now, or the given one; `nextLine` is where its log goes on. */
  async claim(
    kinds: readonly string[],
    id: number | undefined,
  ): Promise<{ row: StoredJob; nextLine: number } | undefined> {
    // Looked for without the write lock first: mostly there is nothing to do.
    if ((await this.#claimable(this.#database.read, kinds, id)) === undefined) return undefined;
    return await this.#database.change(async (transaction) => {
      const next = await this.#claimable(transaction, kinds, id);
      if (next === undefined) return undefined;
      const row = await transaction
        .updateTable('jobs')
        .set({
          state: 'running',
          attempts: next.attempts + 1,
          lease_owner: this.#owner,
          lease_until: instant(new Date(this.#clock.now().getTime() + this.#leaseMs)),
          started_at: this.#now(),
          progress: null,
        })
        .where('id', '=', next.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      const last = await transaction
        .selectFrom('job_log')
        .select((e) => e.fn.max('seq').as('seq'))
        .where('job_id', '=', next.id)
        .executeTakeFirst();
      return { row, nextLine: (last?.seq ?? -1) + 1 };
    });
  }

  async #claimable(
    reader: Reader,
    kinds: readonly string[],
    id: number | undefined,
  ): Promise<StoredJob | undefined> {
    const busyLanes = reader
      .selectFrom('jobs')
      .select('lane')
      .where('state', '=', 'running')
      .where('lane', 'is not', null);
    let query = reader
      .selectFrom('jobs')
      .selectAll()
      .where('state', '=', 'queued')
      .where('run_at', '<=', this.#now())
      .where('kind', 'in', [...kinds])
      .where((e) => e.or([e('lane', 'is', null), e('lane', 'not in', busyLanes)]))
      .orderBy('priority', 'desc')
      .orderBy('run_at')
      .orderBy('id')
      .limit(1);
    if (id !== undefined) query = query.where('id', '=', id);
    return await query.executeTakeFirst();
  }

  /** Ends an attempt of this owner; does nothing when the lease was lost. */
  async settle(id: number, settlement: Settlement): Promise<void> {
    await this.#database.change((transaction) =>
      transaction
        .updateTable('jobs')
        .set({
          ...settlement,
          lease_owner: null,
          lease_until: null,
          finished_at: settlement.state === 'queued' ? null : this.#now(),
        })
        .where('id', '=', id)
        .where('lease_owner', '=', this.#owner)
        .where('state', '=', 'running')
        .execute(),
    );
  }

  /** Running jobs whose workers have been silent for longer than their lease. */
  async lost(kinds: readonly string[]): Promise<StoredJob[]> {
    if (kinds.length === 0) return [];
    return await this.#database.read
      .selectFrom('jobs')
      .selectAll()
      .where('state', '=', 'running')
      .where('lease_until', '<', this.#now())
      .where('kind', 'in', [...kinds])
      .execute();
  }

  /** Takes a lost job from its worker, unless that one has come back meanwhile. */
  async takeBack(row: StoredJob, state: 'queued' | 'cancelled' | 'failed', failure: Failure): Promise<void> {
    const now = this.#now();
    await this.#database.change((transaction) =>
      transaction
        .updateTable('jobs')
        .set({
          state,
          failure: JSON.stringify(failure),
          lease_owner: null,
          lease_until: null,
          run_at: now,
          finished_at: state === 'queued' ? null : now,
        })
        .where('id', '=', row.id)
        .where('state', '=', 'running')
        .where('lease_owner', '=', row.lease_owner)
        .where('lease_until', '<', now)
        .execute(),
    );
  }

  /** Deletes jobs that ended longer ago than `keepMs`, with their logs. */
  async forget(keepMs: number): Promise<void> {
    const before = instant(new Date(this.#clock.now().getTime() - keepMs));
    await this.#database.change((transaction) =>
      transaction.deleteFrom('jobs').where('finished_at', '<', before).execute(),
    );
  }
}
