/**
 * Starts the threads of a backup. A thread needs a tenth of a second for its modules and nothing else for that: it may
 * begin before there is a key, and waits for its setup.
 */
import { availableParallelism } from 'node:os';
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import type { Storage } from '@octobox/storage';
import { startThread } from '../../runtime/start-thread.ts';
import type { WorkerSetup } from './worker-messages.ts';

/** A thread that waits for its setup. */
export class WaitingThread {
  readonly thread: Worker;
  readonly #given = new Int32Array(new SharedArrayBuffer(4));

  constructor() {
    this.thread = startThread(import.meta.filename, './worker', {
      workerData: { given: this.#given } satisfies WaitingForSetup,
      // The environment may hold passwords that are none of a worker's business.
      env: {},
      // A worker's own objects are few; with the usual limits their garbage would be left lying about.
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
  }

  begin(setup: WorkerSetup, moved: readonly MessagePort[]): void {
    this.thread.postMessage(setup, moved);
    Atomics.store(this.#given, 0, 1);
    Atomics.notify(this.#given, 0);
  }
}

/** What a thread is started with. */
export interface WaitingForSetup {
  /** One word: 1 when the setup has been sent. */
  readonly given: Int32Array;
}

/** In the thread: its setup, when that has come. */
export function awaitSetup(port: MessagePort, { given }: WaitingForSetup): WorkerSetup {
  Atomics.wait(given, 0, 0);
  return receiveMessageOnPort(port)?.message as WorkerSetup;
}

/** Threads for a backup that will surely need them, started while its repository is being opened. */
export class EarlyThreads implements Disposable {
  readonly #waiting: WaitingThread[] = [];
  #isOver = false;

  start(count = availableParallelism()): void {
    if (this.#isOver) return;
    for (let missing = count - this.#waiting.length; missing > 0; missing--) {
      const waiting = new WaitingThread();
      // Nothing is lost by one that dies: who looks for it later starts another.
      const drop = (): void => this.#drop(waiting);
      waiting.thread.on('error', drop).on('exit', drop).unref();
      this.#waiting.push(waiting);
    }
  }

  /** Starts them for a repository that holds no snapshot yet: all that is backed up into it is new. */
  async startForFirst(storage: Storage): Promise<void> {
    // Elsewhere a listing is not for nothing.
    if (storage.inlet === undefined) return;
    try {
      for await (const _ of storage.list('snapshot')) return;
    } catch {
      return; // Who opens the repository will hear of it.
    }
    this.start();
  }

  /** One that is still waiting; it belongs to the caller from now on. */
  take(): WaitingThread | undefined {
    const waiting = this.#waiting.shift();
    waiting?.thread.ref();
    return waiting;
  }

  /** Ends those that nobody took. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const { thread } of this.#waiting.splice(0)) void thread.terminate();
  }

  #drop(waiting: WaitingThread): void {
    const at = this.#waiting.indexOf(waiting);
    if (at !== -1) this.#waiting.splice(at, 1);
  }
}
