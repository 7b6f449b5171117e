import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { type Clock, instant } from '../clock.ts';
import type { Database, Reader, Writer } from '../database/index.ts';
import { describeFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { Attempt } from './attempt.ts';
import { JobCancelledError, JobInterruptedError } from './errors.ts';
import type { Job, JobDefinition, JobLogLine, JobProgress, JobQueue, JobRequest } from './job-queue.ts';
import { jobFrom } from './job-record.ts';
import type { JobRow, JobState } from './schema.ts';

/** How long a job of another process is left unnoticed; jobs of this one are noticed at once. */
const pollMs = 1_000;
const finishPollMs = 250;
const firstBackOffMs = 10_000;
const longestBackOffMs = 600_000;
const keptFinishedMs = 30 * 86_400_000;

type AnyDefinition = JobDefinition<unknown>;

/** The embedded queue: one table, leases instead of connections, so that several processes may share it. */
export class SqliteJobQueue implements JobQueue {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #leaseMs: number;
  readonly #owner = `${process.pid}-${randomUUID()}`;
  readonly #definitions = new Map<string, AnyDefinition>();
  readonly #running = new Map<number, { kind: string; attempt: Attempt; done: Promise<void> }>();
  readonly #watchers = new Map<number, Set<(progress: JobProgress) => void>>();
  #wake = new AbortController();
  #stopping: AbortController | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: { database: Database; clock: Clock; log: Log; leaseMs: number }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#leaseMs = options.leaseMs;
  }

  define<P>(definition: JobDefinition<P>): void {
    if (this.#definitions.has(definition.kind))
      throw new Error(`job kind ${definition.kind} is defined twice`);
    this.#definitions.set(definition.kind, definition as AnyDefinition);
  }

  async enqueue<P>(request: JobRequest<P>, transaction?: Writer): Promise<{ job: Job; added: boolean }> {
    const result = await (transaction === undefined
      ? this.#database.change((own) => this.#insert(own, request))
      : this.#insert(transaction, request));
    this.#notice();
    return result;
  }

  async #insert<P>(transaction: Writer, request: JobRequest<P>): Promise<{ job: Job; added: boolean }> {
    const definition = this.#definitions.get(request.kind);
    if (definition === undefined) throw new Error(`no definition of job kind ${request.kind}`);
    if (request.uniqueKey !== undefined) {
      const holder = await transaction
        .selectFrom('jobs')
        .selectAll()
        .where('unique_key', '=', request.uniqueKey)
        .where('state', 'in', ['queued', 'running'])
        .executeTakeFirst();
      if (holder !== undefined) return { job: jobFrom(holder), added: false };
    }
    const now = instant(this.#clock.now());
    const row = await transaction
      .insertInto('jobs')
      .values({
        kind: request.kind,
        payload: JSON.stringify(request.payload),
        state: 'queued',
        unique_key: request.uniqueKey ?? null,
        lane: request.lane ?? null,
        attempts: 0,
        max_attempts: request.maxAttempts ?? definition.maxAttempts,
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
    return { job: jobFrom(row), added: true };
  }

  async get(id: number): Promise<Job | undefined> {
    const row = await this.#database.read
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : jobFrom(row);
  }

  async list(filter: { kind?: string; states?: readonly JobState[]; limit?: number } = {}): Promise<Job[]> {
    let query = this.#database.read
      .selectFrom('jobs')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 100);
    if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
    if (filter.states !== undefined) query = query.where('state', 'in', [...filter.states]);
    return (await query.execute()).map(jobFrom);
  }

  async log(id: number): Promise<JobLogLine[]> {
    return await this.#database.read
      .selectFrom('job_log')
      .select(['at', 'line'])
      .where('job_id', '=', id)
      .orderBy('seq')
      .execute();
  }

  async cancel(id: number): Promise<boolean> {
    const now = instant(this.#clock.now());
    const found = await this.#database.change(async (transaction) => {
      const removed = await transaction
        .updateTable('jobs')
        .set({ state: 'cancelled', finished_at: now })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .returning('id')
        .executeTakeFirst();
      if (removed !== undefined) return true;
      const asked = await transaction
        .updateTable('jobs')
        .set({ cancel_requested: 1 })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returning('id')
        .executeTakeFirst();
      return asked !== undefined;
    });
    this.#running.get(id)?.attempt.abort(new JobCancelledError());
    this.#notice();
    return found;
  }

  start(): void {
    if (this.#loop !== undefined) return;
    this.#stopping = new AbortController();
    this.#loop = this.#work(this.#stopping.signal);
  }

  async stop(drainMs: number): Promise<void> {
    this.#stopping?.abort();
    this.#notice();
    await this.#loop;
    this.#loop = undefined;
    const patience = new AbortController();
    const running = [...this.#running.values()];
    const ended = Promise.all(running.map(({ done }) => done)).then(() => patience.abort());
    await this.#clock.sleep(drainMs, patience.signal);
    for (const { attempt } of running) attempt.abort(new JobInterruptedError('the server is stopping'));
    await ended;
  }

  async finish(id: number, onProgress?: (progress: JobProgress) => void): Promise<Job> {
    if (onProgress !== undefined) {
      const watchers = this.#watchers.get(id) ?? new Set();
      this.#watchers.set(id, watchers.add(onProgress));
    }
    let seen: string | undefined;
    try {
      for (;;) {
        const own = this.#running.get(id);
        if (own !== undefined) {
          await own.done;
          continue;
        }
        const job = await this.get(id);
        if (job === undefined) throw new Error(`job ${id} does not exist`);
        if (job.finishedAt !== undefined) return job;
        if (job.progress !== undefined && JSON.stringify(job.progress) !== seen) {
          seen = JSON.stringify(job.progress);
          onProgress?.(job.progress);
        }
        await this.#reclaim();
        if (!(await this.#claim(id))) await this.#clock.sleep(finishPollMs, this.#wake.signal);
      }
    } finally {
      if (onProgress !== undefined) this.#watchers.get(id)?.delete(onProgress);
      if (this.#watchers.get(id)?.size === 0) this.#watchers.delete(id);
    }
  }

  #notice(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  async #work(stopping: AbortSignal): Promise<void> {
    let cleaned = 0;
    while (!stopping.aborted) {
      const woken = this.#wake.signal;
      try {
        await this.#reclaim();
        while (!stopping.aborted && (await this.#claim())) {
          // claims as many as may run
        }
        const now = this.#clock.now().getTime();
        if (now - cleaned > 3_600_000) {
          cleaned = now;
          await this.#forget(now);
        }
      } catch (error) {
        // The queue must outlive a full disk or a locked database; the next round tries again.
        this.#log.error({ error: describeFailure(error) }, 'the job queue cannot work');
      }
      await this.#clock.sleep(pollMs, AbortSignal.any([stopping, woken]));
    }
  }

  /** Starts one job that may run now, or the given one; false when there is none. */
  async #claim(id?: number): Promise<boolean> {
    const counts = new Map<string, number>();
    for (const { kind } of this.#running.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const kinds = [...this.#definitions.values()]
      .filter(({ kind, concurrency }) => id !== undefined || (counts.get(kind) ?? 0) < concurrency)
      .map(({ kind }) => kind);
    if (kinds.length === 0) return false;
    const now = this.#clock.now();
    if ((await this.#claimable(this.#database.read, kinds, instant(now), id)) === undefined) return false;
    const claimed = await this.#database.change(async (transaction) => {
      const next = await this.#claimable(transaction, kinds, instant(now), id);
      if (next === undefined) return undefined;
      const row = await transaction
        .updateTable('jobs')
        .set({
          state: 'running',
          attempts: next.attempts + 1,
          lease_owner: this.#owner,
          lease_until: instant(new Date(now.getTime() + this.#leaseMs)),
          started_at: instant(now),
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
    if (claimed === undefined) return false;
    this.#begin(claimed.row, claimed.nextLine);
    return true;
  }

  async #claimable(
    reader: Reader,
    kinds: string[],
    now: string,
    id: number | undefined,
  ): Promise<Selectable<JobRow> | undefined> {
    let query = reader
      .selectFrom('jobs')
      .selectAll()
      .where('state', '=', 'queued')
      .where('run_at', '<=', now)
      .where('kind', 'in', kinds)
      .where((e) =>
        e.or([
          e('lane', 'is', null),
          e(
            'lane',
            'not in',
            reader
              .selectFrom('jobs')
              .select('lane')
              .where('state', '=', 'running')
              .where('lane', 'is not', null),
          ),
        ]),
      )
      .orderBy('run_at')
      .orderBy('id')
      .limit(1);
    if (id !== undefined) query = query.where('id', '=', id);
    return await query.executeTakeFirst();
  }

  #begin(row: Selectable<JobRow>, nextLine: number): void {
    const job = jobFrom(row);
    const attempt = new Attempt({
      job,
      database: this.#database,
      clock: this.#clock,
      owner: this.#owner,
      leaseMs: this.#leaseMs,
      nextLine,
      onProgress: (progress) => {
        for (const watcher of this.#watchers.get(job.id) ?? []) watcher(progress);
      },
    });
    const done = this.#attend(attempt)
      .catch((error: unknown) => {
        // The end could not be recorded; the lease runs out and the job is run again.
        this.#log.error(
          { job: job.id, kind: job.kind, error: describeFailure(error) },
          'a job could not be closed',
        );
      })
      .finally(() => {
        this.#running.delete(job.id);
        this.#notice();
      });
    this.#running.set(job.id, { kind: job.kind, attempt, done });
  }

  async #attend(attempt: Attempt): Promise<void> {
    const { job } = attempt;
    const definition = this.#definitions.get(job.kind);
    if (definition === undefined) throw new Error(`no definition of job kind ${job.kind}`);
    try {
      const result = await definition.run(job.payload, attempt);
      await attempt.end();
      await this.#settle(job.id, {
        state: 'succeeded',
        result: JSON.stringify(result ?? null),
        failure: null,
      });
    } catch (thrown) {
      const error: unknown = attempt.signal.aborted ? attempt.signal.reason : thrown;
      const failure = describeFailure(error);
      attempt.log(failure.message);
      await attempt.end();
      await this.#settle(job.id, {
        ...this.#afterFailure(job, definition, error),
        failure: JSON.stringify(failure),
      });
    }
  }

  #afterFailure(
    job: Job,
    definition: AnyDefinition,
    error: unknown,
  ): { state: 'queued' | 'failed' | 'cancelled'; attempts?: number; run_at?: string } {
    if (error instanceof JobCancelledError) return { state: 'cancelled' };
    const now = this.#clock.now().getTime();
    if (error instanceof JobInterruptedError) {
      // Letting go on purpose is no attempt that failed.
      return { state: 'queued', attempts: job.attempts - 1, run_at: instant(new Date(now)) };
    }
    if (job.attempts >= job.maxAttempts || definition.retryable?.(error) === false)
      return { state: 'failed' };
    const wait = Math.min(longestBackOffMs, firstBackOffMs * 3 ** (job.attempts - 1));
    return { state: 'queued', run_at: instant(new Date(now + wait)) };
  }

  async #settle(
    id: number,
    change: { state: JobState; failure: string | null; result?: string; attempts?: number; run_at?: string },
  ): Promise<void> {
    const now = instant(this.#clock.now());
    await this.#database.change(
      async (transaction) =>
        await transaction
          .updateTable('jobs')
          .set({
            ...change,
            lease_owner: null,
            lease_until: null,
            finished_at: change.state === 'queued' ? null : now,
          })
          .where('id', '=', id)
          .where('lease_owner', '=', this.#owner)
          .where('state', '=', 'running')
          .execute(),
    );
  }

  /** Takes back the jobs whose workers have been silent for longer than their lease. */
  async #reclaim(): Promise<void> {
    const now = instant(this.#clock.now());
    const lost = await this.#database.read
      .selectFrom('jobs')
      .selectAll()
      .where('state', '=', 'running')
      .where('lease_until', '<', now)
      .where('kind', 'in', [...this.#definitions.keys()])
      .execute();
    for (const row of lost) {
      if (this.#running.has(row.id)) continue;
      const job = jobFrom(row);
      const definition = this.#definitions.get(job.kind);
      await definition?.interrupted?.(job.payload, job);
      const again = row.cancel_requested === 0 && job.attempts < Math.max(2, job.maxAttempts);
      await this.#database.change(
        async (transaction) =>
          await transaction
            .updateTable('jobs')
            .set({
              state: again ? 'queued' : row.cancel_requested === 1 ? 'cancelled' : 'failed',
              failure: JSON.stringify(describeFailure(new JobInterruptedError('its worker vanished'))),
              lease_owner: null,
              lease_until: null,
              run_at: now,
              finished_at: again ? null : now,
            })
            .where('id', '=', row.id)
            .where('state', '=', 'running')
            .where('lease_owner', '=', row.lease_owner)
            .where('lease_until', '<', now)
            .execute(),
      );
      this.#log.warn({ job: job.id, kind: job.kind, again }, 'the worker of a job vanished');
    }
  }

  async #forget(now: number): Promise<void> {
    const before = instant(new Date(now - keptFinishedMs));
    await this.#database.change(
      async (transaction) => await transaction.deleteFrom('jobs').where('finished_at', '<', before).execute(),
    );
  }
}
