/** The main thread's end of the listing: steps as they come from the thread that is ahead. */
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../runtime/start-thread.ts';
import { WorkerCrashedError } from '../errors.ts';
import type { BytePath } from './byte-path.ts';
import { type ListedEntries, ListedEntriesReader, type ListingSetup } from './listed-entries.ts';
import { resolvedSelection, type SelectionOptions } from './selection.ts';
import type { SourceTree } from './source-tree.ts';

export interface ListingOptions extends SelectionOptions {
  readonly sources: SourceTree;
  readonly paths: readonly BytePath[];
  readonly withAtime?: boolean | undefined;
}

export class SourceListing implements Disposable {
  readonly #thread: Worker;
  readonly #ahead = new Int32Array(new SharedArrayBuffer(4));
  readonly #arrived: ListedEntries[] = [];
  #taken: ListedEntriesReader | undefined;
  #failure: { readonly error: unknown } | undefined;
  #arrival = Promise.withResolvers<void>();

  /** Begins at once, and stops when enough is ahead of who takes it. */
  constructor({ sources, paths, withAtime = false, ...options }: ListingOptions) {
    const setup: ListingSetup = {
      sources,
      paths,
      selection: resolvedSelection(options),
      withAtime,
      ahead: this.#ahead.buffer as SharedArrayBuffer,
    };
    this.#thread = startThread(import.meta.filename, './listing-thread', {
      workerData: setup,
      // The environment may hold passwords that are none of its business.
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    this.#thread.on('message', (entries: ListedEntries) => {
      this.#arrived.push(entries);
      this.#arrival.resolve();
    });
    this.#thread.on('error', (error) =>
      this.fail(new WorkerCrashedError(error instanceof Error ? error.message : String(error), error)),
    );
    this.#thread.on('exit', () => this.fail(new WorkerCrashedError('it had not listed everything')));
    this.#thread.unref();
  }

  /**
   * The next steps, which last until the next call; the walk ends with the `end` that closes the root. Rejects when the
   * thread has died.
   */
  async next(): Promise<ListedEntriesReader> {
    this.#taken?.release();
    for (;;) {
      const entries = this.#arrived.shift();
      if (entries !== undefined) {
        Atomics.sub(this.#ahead, 0, 1);
        Atomics.notify(this.#ahead, 0);
        this.#taken = new ListedEntriesReader(entries);
        return this.#taken;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#arrival = Promise.withResolvers<void>();
      this.#thread.ref();
      await this.#arrival.promise;
      this.#thread.unref();
    }
  }

  /** Ends the thread, whatever it is doing. */
  [Symbol.dispose](): void {
    this.fail(new WorkerCrashedError('it was ended'));
    this.#thread.terminate();
  }

  /** Lets whoever waits fail. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#arrival.resolve();
  }
}
