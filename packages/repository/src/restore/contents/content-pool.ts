/**
 * Threads that do content jobs. Each does one at a time and may read for the next meanwhile; further jobs wait, and the
 * caller bounds how many it has under way. They are started when there is work that is worth their memory (30 MB each).
 */
import type { Worker } from 'node:worker_threads';
import { RepositoryError } from '../../errors.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import { startThread } from '../../runtime/start-thread.ts';
import { bytesOf, type ContentJob, type ResultOf, runJob } from './content-job.ts';

/** Bytes of content; opening and writing them takes one thread a tenth of a second or so. */
const worthThreads = 16 * 1024 * 1024;
/** What making a file costs, in bytes of content that are opened and written meanwhile. */
const worthOfFile = 16 * 1024;

/** What a thread has at once: one that it does, and one that it reads for. */
const jobsEach = 2;

interface Waiting {
  readonly job: ContentJob;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class ContentPool implements AsyncDisposable {
  readonly size: number;
  readonly #keys: MasterKey;
  readonly #workers: Worker[] = [];
  /** What each thread has to do, in its order. */
  readonly #given = new Map<Worker, Waiting[]>();
  readonly #queue: Waiting[] = [];
  #expected = 0;
  #threads = false;
  #failure: unknown;

  /** @param size how many threads; 0 does every job in the calling thread */
  constructor(keys: MasterKey, size: number) {
    this.#keys = keys;
    this.size = size;
  }

  /** So much more work lies ahead: while it is little in all, the jobs are done in the calling thread. */
  expect(files: number, bytes: number): void {
    this.#expected += bytes + files * worthOfFile;
    if (!this.#threads) this.expectInAll(0, this.#expected);
  }

  /** So much work is all, as far as it is known: threads that are worth it start at once. */
  expectInAll(files: number, bytes: number): void {
    if (bytes + files * worthOfFile < worthThreads) return;
    this.#threads = this.size > 0;
    while (this.#workers.length < this.size) this.#start();
  }

  /** Whether jobs are done by threads, which can read by themselves. */
  get hasThreads(): boolean {
    return this.#threads;
  }

  /** The `bytes` of a job belong to the pool from now on: they may be moved to the thread. */
  run<J extends ContentJob>(job: J): Promise<ResultOf<J>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#threads) {
      return new Promise((resolve) => resolve(runJob(this.#keys, job, bytesOf(job)) as ResultOf<J>));
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
    while (this.#queue.length > 0) {
      const worker = this.#leastBusy();
      const given = this.#given.get(worker) as Waiting[];
      if (given.length >= jobsEach) return;
      const waiting = this.#queue.shift() as Waiting;
      given.push(waiting);
      worker.postMessage(...messageOf(waiting.job));
    }
  }

  #leastBusy(): Worker {
    let [least, count] = [this.#workers[0], Number.POSITIVE_INFINITY];
    for (const [worker, given] of this.#given) {
      if (given.length < count) [least, count] = [worker, given.length];
    }
    return least === undefined || (count > 0 && this.#workers.length < this.size) ? this.#start() : least;
  }

  #start(): Worker {
    const worker = startThread(import.meta.filename, './content-worker', {
      workerData: { keys: this.#keys },
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    worker.on('message', (result: unknown) => {
      this.#given.get(worker)?.shift()?.resolve(result);
      this.#next();
    });
    worker.on('error', (error: unknown) => this.#fail(error));
    this.#workers.push(worker);
    this.#given.set(worker, []);
    return worker;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const waiting of [...this.#given.values(), this.#queue].flatMap((all) => all.splice(0)))
      waiting.reject(error);
  }
}

/** Moves the bytes instead of copying them where they are all of their memory. */
function messageOf(job: ContentJob): [message: ContentJob, transfer: ArrayBuffer[]] {
  if (job.kind === 'compare' || !('bytes' in job.from)) return [job, []];
  const { bytes } = job.from;
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) {
    return [job, [bytes.buffer]];
  }
  const copy = new Uint8Array(bytes);
  return [{ ...job, from: { bytes: copy } }, [copy.buffer]];
}
