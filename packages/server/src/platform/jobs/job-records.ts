import { type Clock, type Instant, instant } from '../clock.ts';
import type { Database, Writer } from '../database/index.ts';
import type { StoredJob } from './job-claims.ts';
import type { JobFilter, JobLogLine, JobRequest } from './job-queue.ts';
import type { JobState } from './schema.ts';
import { nextWaitingJob } from './waiting-jobs.ts';

export interface Settlement {
  readonly state: JobState;
  readonly failure: string | null;
  readonly result?: string;
  readonly attempts?: number;
  readonly run_at?: Instant;
}

/** What people see of jobs. Each statement changes a record only from the state that it expects. */
export class JobRecords {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #owner: string;

  constructor(options: { database: Database; clock: Clock; owner: string }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#owner = options.owner;
  }

  #now(): string {
    return instant(this.#clock.now());
  }

  async insert<P>(
    request: JobRequest<P>,
    maxAttempts: number,
    within: Writer,
  ): Promise<{ row: StoredJob; added: boolean }> {
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

  /** By what is committed: whether there is one of these kinds that may run now, or whether the given one may. */
  async isOneWaiting(kinds: readonly string[], id: number | undefined): Promise<boolean> {
    return (await nextWaitingJob(this.#database.read, { now: this.#now(), kinds, id })) !== undefined;
  }

  /** Ends a queued job; undefined when it is not queued. */
  async cancelQueued(transaction: Writer, id: number): Promise<StoredJob | undefined> {
    return await transaction
      .updateTable('jobs')
      .set({ state: 'cancelled', finished_at: this.#now() })
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .returningAll()
      .executeTakeFirst();
  }

  /** Asks whoever runs it to stop; false when it is not running. */
  async askToStop(transaction: Writer, id: number): Promise<boolean> {
    const asked = await transaction
      .updateTable('jobs')
      .set({ cancel_requested: 1 })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returning('id')
      .executeTakeFirst();
    return asked !== undefined;
  }

  /** An attempt begins; `nextLine` is where its log goes on. Undefined when the job does not wait. */
  async begin(transaction: Writer, id: number): Promise<{ row: StoredJob; nextLine: number } | undefined> {
    const row = await transaction
      .updateTable('jobs')
      .set((e) => ({
        state: 'running',
        attempts: e('attempts', '+', 1),
        lease_owner: this.#owner,
        started_at: this.#now(),
        progress: null,
      }))
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const last = await transaction
      .selectFrom('job_log')
      .select((e) => e.fn.max('seq').as('seq'))
      .where('job_id', '=', id)
      .executeTakeFirst();
    return { row, nextLine: (last?.seq ?? -1) + 1 };
  }

  /** Whether that attempt is still the one that runs. */
  async isAttempt(
    transaction: Writer,
    { id, attempts, lease_owner, started_at }: StoredJob,
  ): Promise<boolean> {
    const found = await transaction
      .selectFrom('jobs')
      .select(['attempts', 'lease_owner', 'started_at'])
      .where('id', '=', id)
      .where('state', '=', 'running')
      .executeTakeFirst();
    return (
      found?.attempts === attempts && found.lease_owner === lease_owner && found.started_at === started_at
    );
  }

  /** Ends the given attempt; false when it is not the one that runs. */
  async settle(
    transaction: Writer,
    { id, attempts }: { readonly id: number; readonly attempts: number },
    settlement: Settlement,
  ): Promise<boolean> {
    const settled = await transaction
      .updateTable('jobs')
      .set({
        ...settlement,
        lease_owner: null,
        finished_at: settlement.state === 'queued' ? null : this.#now(),
      })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('attempts', '=', attempts)
      .returning('id')
      .executeTakeFirst();
    return settled !== undefined;
  }

  /** Deletes jobs that ended longer ago than `keepMs`, with their logs. */
  async forget(keepMs: number): Promise<void> {
    const before = instant(new Date(this.#clock.now().getTime() - keepMs));
    await this.#database.change((transaction) =>
      transaction.deleteFrom('jobs').where('finished_at', '<', before).execute(),
    );
  }
}
