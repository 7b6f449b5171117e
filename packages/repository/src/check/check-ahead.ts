/**
 * What a check of all data does while the repository is opened and locked: the key is derived by one processor, and a new
 * lock is given a fifth of a second to be seen. Threads start meanwhile, the index is read, and packs are listed.
 */
import type { Storage } from '@octobox/storage';
import type { Repository } from '../store/repository.ts';
import { type CheckedIndex, checkIndex } from './check-index.ts';
import { type Finding, Findings } from './check-report.ts';
import { CheckThreads, usualThreads, WORTH_THREADS } from './check-threads.ts';

export interface IndexReadAhead {
  readonly index: CheckedIndex;
  /** Names and sizes of the packs that there are. */
  readonly packs: Map<string, number>;
  readonly findings: readonly Finding[];
}

export class CheckAhead implements AsyncDisposable {
  #threads: Promise<CheckThreads | undefined> | undefined;
  #index: IndexReadAhead | undefined;
  #hasEnded = false;

  /** Starts threads where data that can be read by them is enough for them. What goes wrong does not matter yet. */
  async startThreads(storage: Storage): Promise<void> {
    this.#threads ??= this.#start(storage).catch(() => undefined);
    await this.#threads;
  }

  /** Reads the index, and lists the packs, of a repository whose lock is there, though not yet known to be valid. */
  async readIndex(repository: Repository, signal: AbortSignal | undefined): Promise<void> {
    this.#index = undefined;
    const findings: Finding[] = [];
    const listen = new Findings((finding) => findings.push(finding));
    const [index, packs] = await Promise.all([
      checkIndex(repository, listen, () => {}, signal),
      repository.listFiles('data', { signal }),
    ]);
    this.#index = { index, packs, findings };
  }

  /** The threads, if there are any, which then are the caller's to end. */
  async takeThreads(): Promise<CheckThreads | undefined> {
    const threads = await this.#threads;
    this.#threads = undefined;
    return threads;
  }

  takeIndex(): IndexReadAhead | undefined {
    const index = this.#index;
    this.#index = undefined;
    return index;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hasEnded = true;
    await (await this.takeThreads())?.[Symbol.asyncDispose]();
  }

  async #start(storage: Storage): Promise<CheckThreads | undefined> {
    // Elsewhere a listing is not for nothing.
    if (storage.inlet === undefined) return undefined;
    let bytes = 0;
    for await (const { size } of storage.list('data')) {
      bytes += size;
      if (this.#hasEnded) break;
      if (bytes >= WORTH_THREADS) return new CheckThreads(usualThreads());
    }
    return undefined;
  }
}
