import type { Clock } from '../clock.ts';
import { instant } from '../clock.ts';
import type { Database } from '../database/index.ts';
import { withoutSecrets } from '../redaction.ts';
import { JobCancelledError, JobInterruptedError } from './errors.ts';
import type { Claim, JobClaims } from './job-claims.ts';
import type { Job, JobContext, JobLogLine, JobProgress } from './job-queue.ts';

/** Of a job's log the first lines say how it began and the last how it ended; the middle may go. */
const keptFirst = 100;
const keptLast = 400;
const longestLine = 2_000;

/** So long before its lease ends a job that cannot renew it is told to stop. */
const longestWindingUpMs = 5_000;

/**
 * One attempt at one job in this process: keeps its lease, its progress and its log in the database,
 * and aborts its signal when it is cancelled or when the lease is lost.
 */
export class Attempt implements JobContext {
  readonly job: Job;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #claims: JobClaims;
  #claim: Claim;
  readonly #abort = new AbortController();
  readonly #ended = new AbortController();
  readonly #onProgress: (progress: JobProgress) => void;
  #progress: JobProgress | undefined;
  #progressDirty = false;
  readonly #repeatable: boolean | undefined;
  #lines: JobLogLine[] = [];
  #nextLine = 0;
  /** Until when nobody else may take the job, as far as this process knows. */
  #leasedUntil: number;
  #keeper: Promise<void>;

  constructor(options: {
    job: Job;
    repeatable: boolean | undefined;
    database: Database;
    clock: Clock;
    claims: JobClaims;
    claim: Claim;
    /** Before it was claimed; milliseconds since 1970. */
    askedAt: number;
    nextLine: number;
    onProgress: (progress: JobProgress) => void;
  }) {
    this.job = options.job;
    this.#repeatable = options.repeatable;
    this.#database = options.database;
    this.#clock = options.clock;
    this.#claims = options.claims;
    this.#claim = options.claim;
    this.#nextLine = options.nextLine;
    this.#onProgress = options.onProgress;
    this.#leasedUntil = options.askedAt + options.claim.leaseMs;
    this.#keeper = this.#keep();
  }

  /** It may be another than at the beginning. */
  get claim(): Claim {
    return this.#claim;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  cancel(): void {
    this.#abort.abort(new JobCancelledError());
  }

  interrupt(reason: string): void {
    this.#abort.abort(new JobInterruptedError(reason, { repeatable: this.#repeatable }));
  }

  progress(progress: JobProgress): void {
    this.#progress = progress;
    this.#progressDirty = true;
    this.#onProgress(progress);
  }

  log(line: string): void {
    const text = withoutSecrets(line).slice(0, longestLine);
    this.#lines.push({ at: instant(this.#clock.now()), line: text });
    if (this.#lines.length > keptFirst + keptLast) this.#lines.splice(keptFirst, 1);
  }

  /** Whether nobody else may have taken the job yet. */
  get isLeased(): boolean {
    return this.#clock.now().getTime() < this.#leasedUntil;
  }

  /** Ends the upkeep and writes what is left; may be called again after it threw. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#keeper;
    await this.#flush();
  }

  async #keep(): Promise<void> {
    const beat = Math.min(1_000, this.#claim.leaseMs / 3);
    while (!this.#ended.signal.aborted) {
      await this.#clock.sleep(beat, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
      try {
        await this.#renew();
      } catch (error) {
        // A database that starts again comes back; one that stays away gives the job to another worker.
        if (this.#clock.now().getTime() < this.#letsGoAt) continue;
        this.interrupt(`the job's lease cannot be kept (${(error as Error).message})`);
        return;
      }
    }
  }

  get #letsGoAt(): number {
    return this.#leasedUntil - Math.min(longestWindingUpMs, this.#claim.leaseMs / 6);
  }

  /** A database that does not answer must not make two of one job: this lets go before another may take it. */
  async #renew(): Promise<void> {
    const written = new AbortController();
    const flushing = this.#flush().finally(() => written.abort());
    await this.#clock.sleep(this.#letsGoAt - this.#clock.now().getTime(), written.signal);
    if (!written.signal.aborted) {
      this.interrupt('the database did not answer in time to keep its lease');
    }
    await flushing;
  }

  async #flush(): Promise<void> {
    const lines = this.#lines;
    const progress = this.#progressDirty ? JSON.stringify(this.#progress) : undefined;
    this.#lines = [];
    this.#progressDirty = false;
    try {
      await this.#write(lines, progress);
    } catch (error) {
      this.#lines = [...lines, ...this.#lines];
      this.#progressDirty ||= progress !== undefined;
      throw error;
    }
  }

  async #write(lines: readonly JobLogLine[], progress: string | undefined): Promise<void> {
    const now = this.#clock.now();
    const held = await this.#database.change(async (transaction) => {
      const claim = await this.#claims.keep(transaction, this.#claim);
      if (claim === undefined) return undefined;
      if (progress !== undefined) {
        await transaction.updateTable('jobs').set({ progress }).where('id', '=', this.job.id).execute();
      }
      const { cancel_requested } = await transaction
        .selectFrom('jobs')
        .select('cancel_requested')
        .where('id', '=', this.job.id)
        .executeTakeFirstOrThrow();
      if (lines.length > 0) {
        const first = this.#nextLine;
        await transaction
          .insertInto('job_log')
          .values(lines.map((line, index) => ({ job_id: this.job.id, seq: first + index, ...line })))
          .execute();
        await transaction
          .deleteFrom('job_log')
          .where('job_id', '=', this.job.id)
          .where('seq', '>=', keptFirst)
          .where('seq', '<', first + lines.length - keptLast)
          .execute();
      }
      return { claim, isCancelled: cancel_requested === 1 };
    });
    this.#nextLine += lines.length;
    if (held === undefined) {
      this.interrupt('the lease was lost');
      return;
    }
    this.#claim = held.claim;
    this.#leasedUntil = now.getTime() + held.claim.leaseMs;
    if (held.isCancelled) this.cancel();
  }
}
