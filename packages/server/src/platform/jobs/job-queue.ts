import type { Instant } from '../clock.ts';
import type { Writer } from '../database/index.ts';
import type { Failure } from '../failure.ts';
import type { JobState } from './schema.ts';

/**
 * Work that must be done although the process may die: the one seam between the rooms and the queue.
 *
 *     queued ──claimed──► running ──► succeeded
 *        ▲                  │  ├────► failed      attempts used up, or an error that repeating cannot mend
 *        │                  │  └────► cancelled   somebody asked for it
 *        └──back-off, lost lease, shutdown──┘
 *
 * Guarantees: a job runs at least once; it runs again when its worker dies, after the lease ran out;
 * of one `uniqueKey` one job is queued or running; of one `lane` one job runs. Handlers therefore
 * tolerate being repeated, or say that they are not `repeatable`.
 */
export interface JobQueue {
  /** Says how a kind of job is done; before `start`, once a kind. */
  define<P>(definition: JobDefinition<P>): void;

  /** Makes ready what it needs in the database, which else the first use does; after `define`. */
  open(): Promise<void>;

  /**
   * Adds a job, inside the caller's transaction when one is given. With a `uniqueKey` that is taken,
   * nothing is added and the job that holds the key is returned with `added: false`.
   */
  enqueue<P>(request: JobRequest<P>, transaction?: Writer): Promise<{ job: Job; added: boolean }>;

  get(id: number): Promise<Job | undefined>;
  /** Newest first. */
  list(filter?: JobFilter): Promise<Job[]>;
  log(id: number): Promise<JobLogLine[]>;

  /**
   * Aborts the signal of a running job and removes a queued one; false when it had ended before. `within` is called in that change,
   * unless it had: what it throws leaves the job as it is.
   */
  cancel(id: number, within?: (transaction: Writer) => Promise<void>): Promise<boolean>;

  /** Works on jobs until `stop`. */
  start(): void;
  /** Takes no more jobs, lets those that run end, and after `drainMs` gives them back to the queue. */
  stop(drainMs: number): Promise<void>;

  /**
   * Resolves when the job has ended. It is worked on here and at once, also without `start`, unless
   * another process has it; then this waits for that one.
   */
  finish(id: number, onProgress?: (progress: JobProgress) => void): Promise<Job>;
}

export interface JobFilter {
  readonly kind?: string;
  readonly states?: readonly JobState[];
  /** Older than that job. */
  readonly beforeId?: number;
  /** Default: 100. */
  readonly limit?: number;
}

export interface JobRequest<P> {
  readonly kind: string;
  readonly payload: P;
  readonly uniqueKey?: string;
  readonly lane?: string;
  /** Of the jobs that wait, the one with the greatest goes first, then the one that waits longest; default: 0. */
  readonly priority?: number;
  readonly runAt?: Instant;
  /** Default: what the definition says. */
  readonly maxAttempts?: number;
}

export interface JobDefinition<P> {
  readonly kind: string;
  /** How many run at once in one process. */
  readonly concurrency: number;
  readonly maxAttempts: number;
  /** What it returns is kept as JSON. Anything thrown fails the attempt. */
  run(payload: P, context: JobContext): Promise<unknown>;
  /** Whether another attempt may help; default: yes. */
  retryable?(error: unknown): boolean;
  /** False: when its worker vanishes the job fails, instead of being run again by another. */
  readonly repeatable?: boolean;
  /**
   * The worker of an attempt vanished, or could not note its end: closes what that left open, in the change that takes the job from
   * it, so that nothing of the next attempt is met. What it gives is done when that change is kept; a crash in between loses it.
   */
  interrupted?(payload: P, job: Job, transaction: Writer): Promise<Afterwards | undefined>;
}

export type Afterwards = () => Promise<void>;

export interface JobContext {
  readonly job: Job;
  /** Aborted with a `JobCancelledError`, or with a `JobInterruptedError` on shutdown and lost lease. */
  readonly signal: AbortSignal;
  /** Called as often as one likes; kept at most once a second. */
  progress(progress: JobProgress): void;
  /** A line for people; of many lines the first and the last are kept. */
  log(line: string): void;
}

export interface JobProgress {
  readonly step: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
  /** Files that are done, where `done` counts bytes. */
  readonly files?: number;
  readonly filesTotal?: number;
}

export interface JobLogLine {
  readonly at: Instant;
  readonly line: string;
}

export interface Job {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly runAt: Instant;
  readonly progress?: JobProgress;
  readonly failure?: Failure;
  readonly result?: unknown;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
}
