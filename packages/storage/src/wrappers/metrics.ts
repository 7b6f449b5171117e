/** Counts what a storage is asked for, how long that takes, and how often it fails. */
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
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
  readonly #operations = new Map(
    OPERATIONS.map((name) => [name, { count: 0, errors: 0, bytes: 0, totalMs: 0, longestMs: 0 }]),
  );

  /** The counts at this moment. */
  value(): Readonly<Record<StorageOperation, Readonly<OperationMetrics>>> {
    const entries = [...this.#operations].map(([name, metrics]) => [name, { ...metrics }]);
    return Object.fromEntries(entries) as Record<StorageOperation, OperationMetrics>;
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

export class MeasuredStorage implements Storage {
  readonly location: string;
  readonly retain: Storage['retain'];
  readonly #inner: Storage;
  readonly #metrics: StorageMetrics;

  constructor(inner: Storage, metrics: StorageMetrics) {
    this.#inner = inner;
    this.#metrics = metrics;
    this.location = inner.location;
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
    let size = 0;
    return {
      append: (bytes) => {
        size += bytes.length;
        return inner.append(bytes);
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
