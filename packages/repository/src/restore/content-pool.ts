/**
 * Threads that do content jobs. Each does one job at a time, and further jobs wait; the caller bounds how many
 * it has under way. They are started when there is work that is worth their memory (30 MB each).
 */
import type { Worker } from 'node:worker_threads';
import { RepositoryError } from '../errors.ts';
import type { MasterKey } from '../format/crypto.ts';
import { startThread } from '../runtime/start-thread.ts';
import { type ContentJob, type ResultOf, runJob } from './content-job.ts';

/** Bytes of content; opening and writing them takes one thread a tenth of a second or so. */
const worthThreads = 16 * 1024 * 1024;

interface Waiting {
  readonly job: ContentJob;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class ContentPool implements AsyncDisposable {
  readonly size: number;
  readonly #keys: MasterKey;
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  readonly #queue: Waiting[] = [];
  #threads = false;
  #failure: unknown;

  /** @param size how many threads; 0 does every job in the calling thread */
  constructor(keys: MasterKey, size: number) {
    this.#keys = keys;
    this.size = size;
  }

  /** Work of so many bytes lies ahead: with little the jobs are done in the calling thread. */
  expect(bytes: number): void {
    if (this.size > 0 && bytes >= worthThreads) this.#threads = true;
  }

  /** The `bytes` of a job belong to the pool from now on: they may be moved to the thread. */
  run<J extends ContentJob>(job: J): Promise<ResultOf<J>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#threads) {
      return new Promise((resolve) => resolve(runJob(this.#keys, job) as ResultOf<J>));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve: resolve as (result: unknown) => void, reject });
      this.#next();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= new RepositoryError('repository.pool-closed', 'the threads of the restore have ended');
    for (const waiting of this.#queue.splice(0)) waiting.reject(this.#failure);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#idle.length === 0 && this.#workers.length < this.size && this.#queue.length > 0) this.#start();
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop();
      if (worker === undefined) return;
      const waiting = this.#queue.shift() as Waiting;
      this.#busy.set(worker, waiting);
      worker.postMessage(...messageOf(waiting.job));
    }
  }

  #start(): void {
    const worker = startThread(import.meta.filename, './content-worker', {
      workerData: { keys: this.#keys },
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    worker.on('message', (result: unknown) => {
      const waiting = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      waiting?.resolve(result);
      this.#next();
    });
    worker.on('error', (error: unknown) => this.#fail(error));
    this.#workers.push(worker);
    this.#idle.push(worker);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const waiting of [...this.#busy.values(), ...this.#queue.splice(0)]) waiting.reject(error);
    this.#busy.clear();
  }
}

/** Moves the bytes instead of copying them where they are all of their memory. */
function messageOf(job: ContentJob): [message: ContentJob, transfer: ArrayBuffer[]] {
  if (job.kind === 'compare') return [job, []];
  const { bytes } = job;
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) {
    return [job, [bytes.buffer]];
  }
  const copy = new Uint8Array(bytes);
  return [{ ...job, bytes: copy }, [copy.buffer]];
}
