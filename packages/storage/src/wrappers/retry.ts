/**
 * Tries again what failed for a passing reason, with growing and scattered pauses, until a total time is over.
 *
 * What must not be done twice is looked at first: a file whose commit failed counts as written when it is there
 * with its size, and a removal that failed counts as done when the file is gone.
 *
 * A server that was killed may have left the first part of a file under its name. Names are hashes of contents, so
 * what is there and shorter than what was sent is a part of the very same file, and makes room for it. Whoever else
 * sends that file sends the same: whichever of the two comes last is whole.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FileExistsError, FileMissingError, StorageError } from '../errors.ts';
import type { RetryNotice, RetrySettings } from '../open-options.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';

/** restic's total, for outages that pass by themselves. */
const TOTAL_MS = 15 * 60_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;

type Attempt<Result> = (attempt: number) => Promise<Result>;

export class RetryingStorage implements Storage {
  readonly location: string;
  readonly retain: Storage['retain'];
  readonly #inner: Storage;
  readonly #settings: RetrySettings;
  /** A place that never answered is more likely spelled wrong than down: that is told at once. */
  #reached = false;

  constructor(inner: Storage, settings: RetrySettings = {}) {
    this.#inner = inner;
    this.#settings = settings;
    this.location = inner.location;
    if (inner.retain !== undefined) {
      this.retain = (file, until, options) =>
        this.#try(async () => inner.retain?.(file, until, options), options?.signal);
    }
  }

  create(): Promise<void> {
    return this.#try(() => this.#inner.create());
  }

  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    return this.#try(() => this.#inner.stat(file, options), options?.signal);
  }

  read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    return this.#try(() => this.#inner.read(file, range, options), options?.signal);
  }

  async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    const inner = await this.#try(() => this.#inner.writer(kind, options), options?.signal);
    let size = 0;
    return {
      append: (bytes) => {
        size += bytes.length;
        return inner.append(bytes);
      },
      commit: (name) => this.#commit(inner, { kind, name }, size, options),
      abort: () => inner.abort(),
    };
  }

  async *list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    // A listing that breaks off starts again; what was told already is not told twice.
    const told = new Set<string>();
    const found = this.#inner.list(kind, options);
    let iterator = found[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#try(async (attempt) => {
          if (attempt > 1) iterator = this.#inner.list(kind, options)[Symbol.asyncIterator]();
          for (;;) {
            const result = await iterator.next();
            if (result.done === true || !told.has(result.value.name)) return result;
          }
        }, options?.signal);
        if (next.done === true) return;
        told.add(next.value.name);
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    return this.#try(async (attempt) => {
      try {
        await this.#inner.remove(file, options);
      } catch (error) {
        if (attempt === 1 || !(error instanceof FileMissingError)) throw error;
      }
    }, options?.signal);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #commit(
    writer: FileWriter,
    file: StoredFile,
    size: number,
    options: StorageOptions | undefined,
  ): Promise<void> {
    return this.#try(async (attempt) => {
      if (attempt > 1) {
        const there = await this.#sizeOf(file, options);
        if (there === size) return writer.abort();
        if (there !== undefined && there < size) await this.#removeTorn(file, options);
      }
      try {
        await writer.commit(file.name);
      } catch (error) {
        const isOurs =
          attempt > 1 && error instanceof FileExistsError && (await this.#sizeOf(file, options)) === size;
        if (!isOurs) throw error;
      }
    }, options?.signal).catch(async (error: unknown) => {
      await writer.abort();
      throw error;
    });
  }

  async #sizeOf(file: StoredFile, options: StorageOptions | undefined): Promise<number | undefined> {
    try {
      return (await this.#inner.stat(file, options)).size;
    } catch (error) {
      if (error instanceof FileMissingError) return undefined;
      throw error;
    }
  }

  async #removeTorn(file: StoredFile, options: StorageOptions | undefined): Promise<void> {
    // Its name says nothing of its content: it may well be whole, and of somebody else.
    if (file.kind === 'config') return;
    try {
      await this.#inner.remove(file, options);
    } catch (error) {
      if (error instanceof FileMissingError) return;
      if (!(error instanceof StorageError && error.code === 'storage.denied')) throw error;
      throw new FileExistsError(file, this.location, {
        cause: error,
        advice:
          'An upload that broke off left a part of it, and nothing may be removed there: remove this file on the server itself, then try again.',
      });
    }
  }

  async #try<Result>(work: Attempt<Result>, signal?: AbortSignal): Promise<Result> {
    const started = performance.now();
    const total = this.#settings.totalMs ?? TOTAL_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work(attempt);
        this.#reached = true;
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (!this.#mayPass(error)) throw error;
        const delayMs = this.#delay(attempt);
        if (performance.now() - started + delayMs > total) throw gaveUp(error, attempt);
        const notice: RetryNotice = { error, attempt, delayMs };
        this.#settings.onRetry?.(notice);
        await sleep(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() =>
          signal?.throwIfAborted(),
        );
      }
    }
  }

  #mayPass(error: unknown): error is StorageError {
    if (!(error instanceof StorageError)) return false;
    if (error.code === 'storage.unreachable') return error.temporary && this.#reached;
    if (!error.temporary) this.#reached = true;
    return error.temporary;
  }

  /** Twice as long each time, and anywhere between half and whole of that: many clients must not come at once. */
  #delay(attempt: number): number {
    const { firstDelayMs = FIRST_DELAY_MS, longestDelayMs = LONGEST_DELAY_MS } = this.#settings;
    return Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
  }
}

function gaveUp(error: StorageError, attempts: number): StorageError {
  if (attempts === 1) return error;
  return new StorageError(error.code, `${error.message} (tried ${attempts} times)`, {
    cause: error,
    advice: error.advice,
    temporary: true,
  });
}
