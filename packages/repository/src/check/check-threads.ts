/** Threads that verify packs; with none of them the packs are verified in the calling thread. */
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { Inlet, Storage, StorageOptions, StoredFile } from '@octobox/storage';
import { isDamage } from '@octobox/storage/errors';
import { RepositoryError } from '../errors.ts';
import type { MasterKey } from '../format/sealing/crypto.ts';
import { startThread } from '../runtime/start-thread.ts';
import type { BlobTable, SharedBlobTable } from '../store/index/blob-table.ts';
import type { EntriesByPack, SharedEntries } from '../store/index/entries-by-pack.ts';
import { problemOf } from './check-report.ts';
import { type PackBytes, PIECE_OF_STORAGE } from './pack-bytes.ts';
import { type PackToRead, type PackVerdict, unreadable, verifyPack } from './verify-pack.ts';

/** What the threads verify against. */
export interface ThreadParts {
  readonly keys: MasterKey;
  readonly table: SharedBlobTable;
  readonly entries: SharedEntries;
}

export type ToCheckThread =
  /** The first. */
  | { readonly kind: 'begin'; readonly parts: ThreadParts }
  /** With an inlet the thread may read the pack by itself. */
  | { readonly kind: 'verify'; readonly pack: PackToRead; readonly inlet: Inlet | undefined }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'failure'; readonly problem: string; readonly isDamage: boolean };

export type FromCheckThread =
  | { readonly kind: 'read'; readonly name: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'verdict'; readonly verdict: PackVerdict };

export interface CheckThreadsParts {
  readonly storage: Storage;
  readonly keys: MasterKey;
  readonly table: BlobTable;
  readonly entries: EntriesByPack;
  readonly options: StorageOptions;
}

/** A thread has the next pack before it asks for it. */
const PACKS_AT_ONCE = 2;

const MOST_THREADS = 4;
/** Stored bytes; opening them takes a tenth of a second or so, which is what threads cost. */
export const WORTH_THREADS = 16 * 1024 * 1024;

export const usualThreads = (): number => Math.min(MOST_THREADS, availableParallelism());

interface Waiting {
  resolve(verdict: PackVerdict): void;
  reject(error: unknown): void;
}

export class CheckThreads implements AsyncDisposable {
  #parts: CheckThreadsParts | undefined;
  readonly #threads: CheckThread[];

  /** The threads start at once, and wait for `begin`. */
  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new CheckThread());
  }

  /** Before the first pack, once. */
  begin(parts: CheckThreadsParts): this {
    this.#parts = parts;
    for (const thread of this.#threads) thread.begin(parts);
    return this;
  }

  /** How many packs may be given at once. */
  get room(): number {
    return Math.max(1, this.#threads.length * PACKS_AT_ONCE);
  }

  /** Rejects when a thread has failed; a pack that cannot be read is no failure. */
  verify(pack: PackToRead): Promise<PackVerdict> {
    if (this.#parts === undefined) throw new TypeError('the threads do not know what to verify against');
    const { keys, entries } = this.#parts;
    const thread = this.#threads.reduce<CheckThread | undefined>(
      (least, each) => (least === undefined || each.load < least.load ? each : least),
      undefined,
    );
    const bytes = bytesOf(this.#parts, pack);
    return thread?.verify(pack) ?? verifyPack(keys, entries, pack, bytes).catch(unreadable);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

const bytesOf = ({ storage, options }: CheckThreadsParts, { name }: PackToRead): PackBytes => ({
  pieceLength: PIECE_OF_STORAGE,
  read: (offset, length) => storage.read({ kind: 'data', name }, { offset, length }, options),
});

class CheckThread {
  #parts: CheckThreadsParts | undefined;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  /** Answers are given in the order of the questions. */
  #answers: Promise<void> = Promise.resolve();
  #failure: unknown;
  /** Packs that were given and not verified yet. */
  load = 0;

  constructor() {
    this.#worker = startThread(import.meta.filename, './check-thread', {
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker.on('message', (message: FromCheckThread) => {
      if (message.kind === 'verdict') this.#waiting.shift()?.resolve(message.verdict);
      else this.#read(message.name, message.offset, message.length);
    });
    this.#worker.on('error', (error: unknown) => this.#fail(error));
  }

  begin(parts: CheckThreadsParts): void {
    this.#parts = parts;
    const { keys, table, entries } = parts;
    this.#post({ kind: 'begin', parts: { keys, table: table.share(), entries: entries.share() } });
  }

  async verify(pack: PackToRead): Promise<PackVerdict> {
    this.load++;
    try {
      const file: StoredFile = { kind: 'data', name: pack.name };
      // What is wrong with the pack shows when it is read.
      const inlet = await this.#parts?.storage.inlet?.(file, this.#parts.options).catch(() => undefined);
      if (this.#failure !== undefined) throw this.#failure;
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        this.#post({ kind: 'verify', pack, inlet });
      });
    } finally {
      this.load--;
    }
  }

  async end(): Promise<void> {
    this.#fail(new RepositoryError('repository.pool-closed', 'the threads of the check have ended'));
    await this.#worker.terminate();
  }

  #read(name: string, offset: number, length: number): void {
    if (this.#parts === undefined) return;
    const { storage, options } = this.#parts;
    const read = storage.read({ kind: 'data', name }, { offset, length }, options);
    const answer = read.then(
      (bytes): ToCheckThread => ({ kind: 'bytes', bytes }),
      (error: unknown): ToCheckThread => ({
        kind: 'failure',
        problem: problemOf(error),
        isDamage: isDamage(error),
      }),
    );
    this.#answers = this.#answers.then(async () => this.#post(await answer));
  }

  #post(message: ToCheckThread): void {
    const buffer = message.kind === 'bytes' ? message.bytes.buffer : undefined;
    const isWhole = message.kind === 'bytes' && message.bytes.byteLength === buffer?.byteLength;
    this.#worker.postMessage(message, isWhole && buffer instanceof ArrayBuffer ? [buffer] : []);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
