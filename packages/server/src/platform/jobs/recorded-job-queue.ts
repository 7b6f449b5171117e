import { type Clock, instant } from '../clock.ts';
import type { Database, Writer } from '../database/index.ts';
import { ServerError } from '../errors.ts';
import { describeFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { RecurringTrouble } from '../recurring-trouble.ts';
import { Attempt } from './attempt.ts';
import { backOffMs } from './back-off.ts';
import { JobCancelledError, JobInterruptedError } from './errors.ts';
import type { Claim, JobClaims, StoredJob } from './job-claims.ts';
import type {
  Afterwards,
  Job,
  JobDefinition,
  JobFilter,
  JobLogLine,
  JobProgress,
  JobQueue,
  JobRequest,
} from './job-queue.ts';
import { jobFrom } from './job-record.ts';
import { JobRecords, type Settlement } from './job-records.ts';

/** How long a job of another process is left unnoticed; jobs of this one are noticed at once. */
const pollMs = 1_000;
const finishPollMs = 250;
/** Before a job whose attempt ended because the platform's database was away is run again. */
const awayMs = 10_000;
/** A worker that vanishes says nothing against its job, unless each of so many did. */
const leastAttempts = 5;
const keptFinishedMs = 30 * 86_400_000;

const closeAgainMs = 1_000;

/** The platform's own database cannot be reached, or be changed, for now. */
const isAway = (error: unknown): boolean =>
  error instanceof ServerError &&
  (error.code === 'server.database-unreachable' || error.code === 'server.database-busy');

type AnyDefinition = JobDefinition<unknown>;

/**
 * The queue of both engines: records for people, and claims that say whose turn it is. Several processes and nodes may share
 * the jobs. Each change of a claim and that of its record are one transaction.
 */
export class RecordedJobQueue implements JobQueue {
  readonly #database: Database;
  readonly #records: JobRecords;
  readonly #claims: JobClaims;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #definitions = new Map<string, AnyDefinition>();
  readonly #running = new Map<number, { kind: string; attempt: Attempt; done: Promise<void> }>();
  readonly #watchers = new Map<number, Set<(progress: JobProgress) => void>>();
  #wake = new AbortController();
  #stopping: AbortController | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: {
    database: Database;
    clock: Clock;
    log: Log;
    claims: JobClaims;
    /** Names this process in the records. */
    owner: string;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#claims = options.claims;
    this.#records = new JobRecords(options);
  }

  define<P>(definition: JobDefinition<P>): void {
    if (this.#definitions.has(definition.kind))
      throw new Error(`job kind ${definition.kind} is defined twice`);
    this.#definitions.set(definition.kind, definition as AnyDefinition);
  }

  async open(): Promise<void> {
    await this.#claims.open?.([...this.#definitions.keys()]);
  }

  async enqueue<P>(request: JobRequest<P>, transaction?: Writer): Promise<{ job: Job; added: boolean }> {
    if (transaction === undefined) return await this.#database.change((own) => this.enqueue(request, own));
    const { maxAttempts } = this.#definition(request.kind);
    const { row, added } = await this.#records.insert(request, maxAttempts, transaction);
    if (added) await this.#claims.add?.(transaction, row);
    this.#notice();
    return { job: jobFrom(row), added };
  }

  #definition(kind: string): AnyDefinition {
    const definition = this.#definitions.get(kind);
    if (definition === undefined) throw new Error(`no definition of job kind ${kind}`);
    return definition;
  }

  async get(id: number): Promise<Job | undefined> {
    const row = await this.#records.get(id);
    return row === undefined ? undefined : jobFrom(row);
  }

  async list(filter: JobFilter = {}): Promise<Job[]> {
    return (await this.#records.list(filter)).map(jobFrom);
  }

  async log(id: number): Promise<JobLogLine[]> {
    return await this.#records.log(id);
  }

  async cancel(id: number, within?: (transaction: Writer) => Promise<void>): Promise<boolean> {
    const found = await this.#database.change(async (transaction) => {
      const queued = await this.#records.cancelQueued(transaction, id);
      if (queued !== undefined) await this.#claims.remove?.(transaction, queued);
      const hadNotEnded = queued !== undefined || (await this.#records.askToStop(transaction, id));
      if (hadNotEnded) await within?.(transaction);
      return hadNotEnded;
    });
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
    await this.#claims.close?.();
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
          await this.#records.forget(keptFinishedMs);
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
    // Looked for without the write lock first: mostly there is nothing to do.
    if (!(await this.#records.isOneWaiting(kinds, id))) return false;
    // A database that takes its time until it answers has given the job before it did.
    const askedAt = this.#clock.now().getTime();
    const claimed = await this.#database
      .change(async (transaction) => {
        const claim = await this.#claims.take(transaction, kinds, id);
        if (claim === undefined) return undefined;
        const begun = await this.#records.begin(transaction, claim.id);
        if (begun === undefined) throw new NotWaitingError();
        return { claim, askedAt, ...begun };
      })
      .catch((error: unknown) => {
        if (error instanceof NotWaitingError) return undefined;
        throw error;
      });
    if (claimed === undefined) return false;
    this.#begin(claimed);
    return true;
  }

  #begin({ row, ...claimed }: { claim: Claim; askedAt: number; row: StoredJob; nextLine: number }): void {
    const job = jobFrom(row);
    const attempt = new Attempt({
      job,
      repeatable: this.#definition(job.kind).repeatable,
      database: this.#database,
      clock: this.#clock,
      claims: this.#claims,
      ...claimed,
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
        async (transaction) => await definition.interrupted?.(job.payload, job, transaction),
      );
    }
    await this.#close(attempt, { state: 'succeeded', result, failure: null });
  }

  /** Records the end of an attempt; a database that comes back while the job is leased loses nothing. */
  async #close(
    attempt: Attempt,
    outcome: Outcome,
    within?: (transaction: Writer) => Promise<Afterwards | undefined>,
  ): Promise<void> {
    for (;;) {
      try {
        await attempt.end();
        const afterwards = await this.#database.change(async (transaction) =>
          (await this.#settle(transaction, attempt, outcome)) ? await within?.(transaction) : undefined,
        );
        return await afterwards?.();
      } catch (error) {
        if (!isAway(error) || !attempt.isLeased) throw error;
        await this.#clock.sleep(closeAgainMs);
      }
    }
  }

  /** Does nothing, and says false, when the lease was lost. */
  async #settle(
    transaction: Writer,
    { job, claim }: Attempt,
    { againInMs, ...settlement }: Outcome,
  ): Promise<boolean> {
    if (againInMs === undefined) {
      const isOurs = await this.#claims.end(transaction, claim);
      return isOurs && (await this.#records.settle(transaction, job, settlement));
    }
    const isOurs = await this.#claims.giveBack(transaction, claim, againInMs);
    const run_at = instant(new Date(this.#clock.now().getTime() + againInMs));
    return isOurs && (await this.#records.settle(transaction, job, { ...settlement, run_at }));
  }

  #afterFailure(job: Job, definition: AnyDefinition, error: unknown): Omit<Outcome, 'failure'> {
    if (error instanceof JobCancelledError) return { state: 'cancelled' };
    if (error instanceof JobInterruptedError || isAway(error)) {
      if (definition.repeatable === false) return { state: 'failed' };
      // Letting go on purpose is no attempt that failed, and the platform's own database says nothing against the job.
      return { state: 'queued', attempts: job.attempts - 1, againInMs: isAway(error) ? awayMs : 0 };
    }
    if (job.attempts >= job.maxAttempts || definition.retryable?.(error) === false)
      return { state: 'failed' };
    return { state: 'queued', againInMs: backOffMs(job.attempts) };
  }

  /** Takes back the jobs whose workers have been silent for longer than their lease. */
  async #reclaim(): Promise<void> {
    const kinds = [...this.#definitions.keys()];
    if (kinds.length === 0) return;
    for (const row of await this.#claims.lost(kinds)) {
      if (this.#running.has(row.id)) continue;
      const job = jobFrom(row);
      const definition = this.#definition(job.kind);
      const wanted = row.cancel_requested === 0;
      const { repeatable = true } = definition;
      const again = wanted && repeatable && job.attempts < Math.max(leastAttempts, job.maxAttempts);
      const state = again ? 'queued' : wanted ? 'failed' : 'cancelled';
      const failure = JSON.stringify(
        describeFailure(new JobInterruptedError('its worker vanished', { repeatable })),
      );
      const run_at = instant(this.#clock.now());
      const taken = await this.#database.change(async (transaction) => {
        // Since it was looked for, another node may have taken it back and begun it anew.
        if (!(await this.#records.isAttempt(transaction, row))) return undefined;
        if (!(await this.#claims.takeBack(transaction, row, again))) return undefined;
        await this.#records.settle(transaction, row, { state, failure, run_at });
        return { afterwards: await definition.interrupted?.(job.payload, job, transaction) };
      });
      if (taken === undefined) continue;
      this.#log.warn({ job: job.id, kind: job.kind, state }, 'the worker of a job vanished');
      await taken.afterwards?.();
    }
  }
}

/** Undoes a claim: by its record the job's last worker has not been given up yet. */
class NotWaitingError extends Error {}

/** What becomes of a job after an attempt; with `againInMs` it waits so long. */
interface Outcome extends Omit<Settlement, 'run_at'> {
  readonly againInMs?: number;
}
