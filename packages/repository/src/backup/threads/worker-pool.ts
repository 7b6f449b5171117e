/**
 * The worker threads of one backup and their queue. A worker that crashes fails every job, because nobody knows
 * which blobs it had promised to store.
 */
import { MessageChannel, type Worker } from 'node:worker_threads';
import { release } from '@octobox/storage/release';
import { WorkerCrashedError, WorkerFailedError } from '../errors.ts';
import { PackLending, type PackSource } from './pack-lending.ts';
import type {
  Job,
  JobResults,
  PackSetup,
  SealedBlobsMessage,
  WorkerMessage,
  WorkerRequest,
  WorkerSetup,
} from './worker-messages.ts';
import { type EarlyThreads, WaitingThread } from './worker-threads.ts';

/** Two jobs a worker: the next one is there when the first is done. */
const JOBS_PER_WORKER = 2;

/** Enough to keep the workers busy; more would only keep the nodes of more files alive until they become garbage. */
const WAITING_PER_WORKER = 4;

interface PendingJob {
  readonly job: Job;
  readonly resolve: (result: JobResults[Job['kind']]) => void;
  readonly reject: (error: unknown) => void;
}

interface PoolWorker {
  readonly thread: Worker;
  readonly running: Map<number, PendingJob>;
  readonly lending: PackLending | undefined;
}

export interface PoolOptions {
  readonly size: number;
  readonly setup: Omit<WorkerSetup, 'inFlight' | 'packs'>;
  /** The workers make up packs of data in files from here; without it all blobs come by `onSealed`. */
  readonly packs?: PackSource | undefined;
  /** Stores blobs; their bytes count as in flight until the promise settles. */
  readonly onSealed: (blobs: SealedBlobsMessage) => Promise<void>;
  /** Used before others are started. */
  readonly early?: EarlyThreads | undefined;
}

export class WorkerPool {
  readonly size: number;
  readonly #setup: WorkerSetup;
  readonly #workers: PoolWorker[] = [];
  readonly #onSealed: (blobs: SealedBlobsMessage) => Promise<void>;
  readonly #packs: PackSource | undefined;
  readonly #early: EarlyThreads | undefined;
  readonly #inFlight = new Int32Array(new SharedArrayBuffer(4));
  readonly #urgent: PendingJob[] = [];
  readonly #waiting: PendingJob[] = [];
  readonly #stores = new Set<Promise<void>>();
  readonly #roomWaiters: (() => void)[] = [];
  readonly #maxWaiting: number;
  #nextId = 0;
  readonly #failing = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#onSealed = options.onSealed;
    this.#packs = options.packs;
    this.#early = options.early;
    this.#maxWaiting = WAITING_PER_WORKER * options.size;
    this.size = options.size;
    this.#setup = { ...options.setup, inFlight: this.#inFlight.buffer as SharedArrayBuffer };
  }

  /** Whether any thread was needed yet. */
  get isStarted(): boolean {
    return this.#workers.length > 0;
  }

  /** Queues a job; an urgent one goes before all others that wait. */
  run<K extends Job['kind']>(job: Extract<Job, { kind: K }>, urgent = false): Promise<JobResults[K]> {
    return new Promise<JobResults[K]>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error);
      const pending = { job, resolve: resolve as PendingJob['resolve'], reject };
      (urgent ? this.#urgent : this.#waiting).push(pending);
      this.#dispatch();
    });
  }

  get isCrowded(): boolean {
    return this.#waiting.length + this.#urgent.length > this.#maxWaiting;
  }

  /** Resolves when fewer jobs wait: what makes new ones stops in the meantime. */
  async room(): Promise<void> {
    while (this.isCrowded && this.#failure === undefined)
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
    this.throwFailure();
  }

  /** Has the workers send what they still gather, and resolves when it is stored. Not while jobs run or wait. */
  async drain(): Promise<void> {
    await Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<unknown>((resolve, reject) => {
            if (this.#failure !== undefined) return reject(this.#failure.error);
            this.#send(worker, { job: { kind: 'drain' }, resolve, reject });
          }),
      ),
    );
    await this.#stored();
  }

  async #stored(): Promise<void> {
    while (this.#stores.size > 0) await Promise.all(this.#stores);
    this.throwFailure();
  }

  /** Aborted with the error when the pool has failed. */
  get signal(): AbortSignal {
    return this.#failing.signal;
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends everything that runs or waits with this error. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    const jobs = [
      ...this.#urgent,
      ...this.#waiting,
      ...this.#workers.flatMap(({ running }) => [...running.values()]),
    ];
    this.#urgent.length = 0;
    this.#waiting.length = 0;
    for (const { running } of this.#workers) running.clear();
    for (const { reject } of jobs) reject(error);
    this.#failing.abort(error);
    this.#wake();
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#workers.map(({ thread }) => thread.terminate()));
    await Promise.all(this.#stores);
  }

  #start(): PoolWorker {
    const { lending, packs } = this.#packs === undefined ? {} : startLending(this.#packs);
    const waiting = this.#early?.take() ?? new WaitingThread();
    waiting.begin({ ...this.#setup, packs }, packs === undefined ? [] : [packs.port]);
    const { thread } = waiting;
    const worker: PoolWorker = { thread, running: new Map(), lending };
    this.#workers.push(worker);
    thread.on('message', (message: WorkerMessage) => this.#receive(worker, message));
    thread.on('error', (error) =>
      this.fail(new WorkerCrashedError(error instanceof Error ? error.message : String(error), error)),
    );
    thread.on('exit', (code) => {
      if (!this.#closed) this.fail(new WorkerCrashedError(`exit code ${code}`));
    });
    return worker;
  }

  #receive(worker: PoolWorker, message: WorkerMessage): void {
    if (message.kind === 'sealed') {
      this.#store(message.sealed.length, this.#onSealed(message), () => release(message.sealed));
      return;
    }
    if (message.kind !== 'done' && message.kind !== 'failed') {
      const bytes = message.kind === 'piece' ? message.bytes.length : 0;
      this.#store(bytes, worker.lending?.receive(message) ?? Promise.resolve());
      return;
    }
    const pending = worker.running.get(message.job);
    worker.running.delete(message.job);
    if (message.kind === 'done') pending?.resolve(message.result);
    else if (pending !== undefined) {
      const error =
        message.pack === undefined
          ? new WorkerFailedError(message.failure.message)
          : worker.lending?.failure(message.pack, message.failure);
      this.fail(error);
      pending.reject(error);
    }
    this.#dispatch();
  }

  /** Waits for something to be stored that has so many bytes in flight. */
  #store(bytes: number, storing: Promise<void>, end?: () => void): void {
    const done = storing
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#stores.delete(done);
        end?.();
        if (bytes === 0) return;
        Atomics.sub(this.#inFlight, 0, bytes);
        Atomics.notify(this.#inFlight, 0);
      });
    this.#stores.add(done);
  }

  #dispatch(): void {
    this.#startMore();
    for (let round = 0; round < JOBS_PER_WORKER; round++) {
      for (const worker of this.#workers) {
        if (worker.running.size > round) continue;
        const next = this.#urgent.shift() ?? this.#waiting.shift();
        if (next === undefined) return;
        this.#send(worker, next);
      }
    }
    this.#wake();
  }

  #send(worker: PoolWorker, next: PendingJob): void {
    const id = this.#nextId++;
    worker.running.set(id, next);
    worker.thread.postMessage({ id, job: next.job } satisfies WorkerRequest, movable(next.job));
  }

  /** A thread is started for a job that nobody is free for: a backup of nothing new needs none. */
  #startMore(): void {
    if (this.#closed) return;
    const jobs = this.#urgent.length + this.#waiting.length;
    const idle = this.#workers.filter(({ running }) => running.size === 0).length;
    for (let missing = jobs - idle; missing > 0 && this.#workers.length < this.size; missing--) this.#start();
  }

  #wake(): void {
    if (this.isCrowded && this.#failure === undefined) return;
    for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}

function startLending(source: PackSource): { lending: PackLending; packs: PackSetup } {
  const { port1, port2 } = new MessageChannel();
  const sent = new SharedArrayBuffer(4);
  return {
    lending: new PackLending(source, port1, sent),
    packs: { port: port2, sent, packSize: source.packSize },
  };
}

/** Memory that nobody else holds is handed over instead of copied. */
function movable(job: Job): ArrayBuffer[] {
  if (job.kind === 'nodes') return [job.files.stats.buffer, job.files.starts.buffer, job.files.ends.buffer];
  if (job.kind !== 'blob' || !(job.bytes.buffer instanceof ArrayBuffer)) return [];
  return job.bytes.byteLength === job.bytes.buffer.byteLength ? [job.bytes.buffer] : [];
}
