/** Counts what a storage is asked for, how long that takes, and how often it fails. */
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Outlet,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';

export type StorageOperation = 'create' | 'stat' | 'read' | 'write' | 'list' | 'remove' | 'retain';

export interface OperationMetrics {
  /** Operations that ended, well or not. */
  count: number;
  errors: number;
  /** Content alone: what was read, or written and committed. */
  bytes: number;
  /** Milliseconds of all operations together, and of the longest one. */
  totalMs: number;
  longestMs: number;
}

const OPERATIONS: readonly StorageOperation[] = [
  'create',
  'stat',
  'read',
  'write',
  'list',
  'remove',
  'retain',
];

/** A running count; several storages may share one. */
export class StorageMetrics {
  #retries = 0;
  #pausedMs = 0;
  readonly #operations = new Map(
    OPERATIONS.map((name) => [name, { count: 0, errors: 0, bytes: 0, totalMs: 0, longestMs: 0 }]),
  );

  /** The counts at this moment. */
  value(): Readonly<Record<StorageOperation, Readonly<OperationMetrics>>> {
    const entries = [...this.#operations].map(([name, metrics]) => [name, { ...metrics }]);
    return Object.fromEntries(entries) as Record<StorageOperation, OperationMetrics>;
  }

  /** How often an operation was tried again, and how long that was waited with. */
  get retries(): { readonly count: number; readonly pausedMs: number } {
    return { count: this.#retries, pausedMs: this.#pausedMs };
  }

  /** Counts a pause before another attempt. */
  retried(delayMs: number): void {
    this.#retries += 1;
    this.#pausedMs += delayMs;
  }

  /** Measures one operation; `bytes` tells how much content it moved when it went well. */
  async measure<Result>(
    operation: StorageOperation,
    work: () => Promise<Result>,
    bytes: (result: Result) => number = () => 0,
  ): Promise<Result> {
    const started = performance.now();
    const end = (failed: boolean, moved: number): void => {
      const metrics = this.#operations.get(operation);
      if (metrics === undefined) return;
      const took = performance.now() - started;
      metrics.count += 1;
      metrics.errors += failed ? 1 : 0;
      metrics.bytes += moved;
      metrics.totalMs += took;
      metrics.longestMs = Math.max(metrics.longestMs, took);
    };
    try {
      const result = await work();
      end(false, bytes(result));
      return result;
    } catch (error) {
      end(true, 0);
      throw error;
    }
  }
}

/** What threads read and write by themselves, past the storage, is not counted. */
export class MeasuredStorage implements Storage {
  readonly location: string;
  readonly retain: Storage['retain'];
  readonly inlet: Storage['inlet'];
  readonly #inner: Storage;
  readonly #metrics: StorageMetrics;

  constructor(inner: Storage, metrics: StorageMetrics) {
    this.#inner = inner;
    this.#metrics = metrics;
    this.location = inner.location;
    this.inlet = inner.inlet?.bind(inner);
    if (inner.retain !== undefined) {
      this.retain = (file, until, options) =>
        metrics.measure('retain', async () => inner.retain?.(file, until, options));
    }
  }

  create(): Promise<void> {
    return this.#metrics.measure('create', () => this.#inner.create());
  }

  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    return this.#metrics.measure('stat', () => this.#inner.stat(file, options));
  }

  read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    return this.#metrics.measure(
      'read',
      () => this.#inner.read(file, range, options),
      ({ length }) => length,
    );
  }

  async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    const inner = await this.#inner.writer(kind, options);
    const { handOver } = inner;
    let size = 0;
    const counted =
      (append: FileWriter['append']): FileWriter['append'] =>
      (bytes) => {
        size += bytes.length;
        return append(bytes);
      };
    return {
      append: counted((bytes) => inner.append(bytes)),
      handOver:
        handOver === undefined
          ? undefined
          : (): Outlet => {
              const outlet = handOver.call(inner);
              return { ...outlet, append: counted(outlet.append) };
            },
      commit: (name) =>
        this.#metrics.measure(
          'write',
          () => inner.commit(name),
          () => size,
        ),
      abort: () => inner.abort(),
    };
  }

  async *list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    // The time between the first question and the last answer, with what the asker does in between.
    let failure: unknown;
    let ended = false;
    const found = Promise.withResolvers<void>();
    const measured = this.#metrics.measure('list', () => found.promise).catch(() => {});
    try {
      for await (const file of this.#inner.list(kind, options)) yield file;
      ended = true;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      if (!ended && failure !== undefined) found.reject(failure);
      else found.resolve();
      await measured;
    }
  }

  remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    return this.#metrics.measure('remove', () => this.#inner.remove(file, options));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
