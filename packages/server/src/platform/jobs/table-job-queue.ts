import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { type Clock, instant } from '../clock.ts';
import type { Database, Writer } from '../database/index.ts';
import { ServerError } from '../errors.ts';
import { describeFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { RecurringTrouble } from '../recurring-trouble.ts';
import { Attempt } from './attempt.ts';
import { JobCancelledError, JobInterruptedError } from './errors.ts';
import type {
  Job,
  JobDefinition,
  JobFilter,
  JobLogLine,
  JobProgress,
  JobQueue,
  JobRequest,
} from './job-queue.ts';
import { jobFrom } from './job-record.ts';
import { JobTable, type Settlement } from './job-table.ts';
import type { JobRow } from './schema.ts';

/** How long a job of another process is left unnoticed; jobs of this one are noticed at once. */
const pollMs = 1_000;
const finishPollMs = 250;
const firstBackOffMs = 10_000;
const longestBackOffMs = 600_000;
/** A worker that vanishes says nothing against its job, which gets one more attempt in any case. */
const leastAttempts = 2;
const keptFinishedMs = 30 * 86_400_000;

const closeAgainMs = 1_000;

/** The platform's own database cannot be reached, for now. */
const isAway = (error: unknown): boolean =>
  error instanceof ServerError && error.code === 'server.database-unreachable';

type AnyDefinition = JobDefinition<unknown>;

/** Longer with every attempt. Half of it is chance, so that what failed together does not come back together. */
function backOffMs(attempts: number): number {
  const longest = Math.min(longestBackOffMs, firstBackOffMs * 3 ** (attempts - 1));
  return Math.round((longest / 2) * (1 + Math.random()));
}

/**
 * The queue in the platform's own database, SQLite or PostgreSQL: one table, leases instead of connections, so that
 * several processes and nodes may share it. Leases compare the clocks of nodes, which therefore have to agree to
 * within a few seconds.
 */
export class TableJobQueue implements JobQueue {
  readonly #database: Database;
  readonly #table: JobTable;
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
    this.#table = new JobTable({ ...options, owner: this.#owner });
  }

  define<P>(definition: JobDefinition<P>): void {
    if (this.#definitions.has(definition.kind))
      throw new Error(`job kind ${definition.kind} is defined twice`);
    this.#definitions.set(definition.kind, definition as AnyDefinition);
  }

  async enqueue<P>(request: JobRequest<P>, transaction?: Writer): Promise<{ job: Job; added: boolean }> {
    const { maxAttempts } = this.#definition(request.kind);
    const { row, added } = await this.#table.insert(request, maxAttempts, transaction);
    this.#notice();
    return { job: jobFrom(row), added };
  }

  #definition(kind: string): AnyDefinition {
    const definition = this.#definitions.get(kind);
    if (definition === undefined) throw new Error(`no definition of job kind ${kind}`);
    return definition;
  }

  async get(id: number): Promise<Job | undefined> {
    const row = await this.#table.get(id);
    return row === undefined ? undefined : jobFrom(row);
  }

  async list(filter: JobFilter = {}): Promise<Job[]> {
    return (await this.#table.list(filter)).map(jobFrom);
  }

  async log(id: number): Promise<JobLogLine[]> {
    return await this.#table.log(id);
  }

  async cancel(id: number, within?: (transaction: Writer) => Promise<void>): Promise<boolean> {
    const found = await this.#table.cancel(id, within);
    this.#running.get(id)?.attempt.cancel();
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
    for (const { attempt } of running) attempt.interrupt('the server is stopping');
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
    const trouble = new RecurringTrouble({
      clock: this.#clock,
      log: this.#log,
      failure: 'the job queue cannot work',
    });
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
          await this.#table.forget(keptFinishedMs);
        }
        trouble.over();
      } catch (error) {
        // The queue must outlive a full disk or a locked database; the next round tries again.
        trouble.met(error);
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
    const claimed = await this.#table.claim(kinds, id);
    if (claimed === undefined) return false;
    this.#begin(claimed.row, claimed.nextLine);
    return true;
  }

  #begin(row: Selectable<JobRow>, nextLine: number): void {
    const job = jobFrom(row);
    const attempt = new Attempt({
      job,
      repeatable: this.#definition(job.kind).repeatable,
      database: this.#database,
      clock: this.#clock,
      owner: this.#owner,
      leaseMs: this.#leaseMs,
      leasedUntil: Date.parse(row.lease_until ?? row.created_at),
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
    const definition = this.#definition(job.kind);
    let result: string;
    try {
      result = JSON.stringify((await definition.run(job.payload, attempt)) ?? null);
    } catch (thrown) {
      const error: unknown = attempt.signal.aborted ? attempt.signal.reason : thrown;
      const failure = describeFailure(error);
      attempt.log(failure.message);
      return await this.#close(
        attempt,
        { ...this.#afterFailure(job, definition, error), failure: JSON.stringify(failure) },
        // What the job could not note itself, because the database was away.
        () => definition.interrupted?.(job.payload, job),
      );
    }
    await this.#close(attempt, { state: 'succeeded', result, failure: null });
  }

  /** Records the end of an attempt; a database that comes back while the job is leased loses nothing. */
  async #close(
    attempt: Attempt,
    settlement: Settlement,
    before: () => Promise<void> | undefined = () => undefined,
  ): Promise<void> {
    for (;;) {
      try {
        await before();
        await attempt.end();
        return await this.#table.settle(attempt.job.id, settlement);
      } catch (error) {
        if (!isAway(error) || !attempt.isLeased) throw error;
        await this.#clock.sleep(closeAgainMs);
      }
    }
  }

  #afterFailure(
    job: Job,
    definition: AnyDefinition,
    error: unknown,
  ): { state: 'queued' | 'failed' | 'cancelled'; attempts?: number; run_at?: string } {
    if (error instanceof JobCancelledError) return { state: 'cancelled' };
    const now = this.#clock.now().getTime();
    if (error instanceof JobInterruptedError || isAway(error)) {
      if (definition.repeatable === false) return { state: 'failed' };
      // Letting go on purpose is no attempt that failed, and the platform's own database says nothing against the job.
      const waitMs = isAway(error) ? firstBackOffMs : 0;
      return { state: 'queued', attempts: job.attempts - 1, run_at: instant(new Date(now + waitMs)) };
    }
    if (job.attempts >= job.maxAttempts || definition.retryable?.(error) === false)
      return { state: 'failed' };
    return { state: 'queued', run_at: instant(new Date(now + backOffMs(job.attempts))) };
  }

  /** Takes back the jobs whose workers have been silent for longer than their lease. */
  async #reclaim(): Promise<void> {
    for (const row of await this.#table.lost([...this.#definitions.keys()])) {
      if (this.#running.has(row.id)) continue;
      const job = jobFrom(row);
      await this.#definition(job.kind).interrupted?.(job.payload, job);
      const wanted = row.cancel_requested === 0;
      const { repeatable = true } = this.#definition(job.kind);
      const again = wanted && repeatable && job.attempts < Math.max(leastAttempts, job.maxAttempts);
      const state = again ? 'queued' : wanted ? 'failed' : 'cancelled';
      const failure = describeFailure(new JobInterruptedError('its worker vanished', { repeatable }));
      await this.#table.takeBack(row, state, failure);
      this.#log.warn({ job: job.id, kind: job.kind, state }, 'the worker of a job vanished');
    }
  }
}
