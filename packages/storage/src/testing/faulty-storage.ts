/**
 * A storage that breaks on purpose, by a seeded plan: before an operation was done, or after it (the answer
 * was lost). Reads can also give wrong bytes of the right length, which only their user can notice, and a write can
 * leave half of the file under its name, as a server does that was killed.
 */
import { StorageError } from '../errors.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';

export type FaultPoint = 'stat' | 'read' | 'write' | 'list' | 'remove';
export type Fault = 'before' | 'after' | 'corrupt' | 'torn';

/** Decides about one operation; undefined lets it be. */
export type FaultPlan = (point: FaultPoint, count: number) => Fault | undefined;

/** A share of all operations fails, the same ones for the same seed. */
export function randomFaults(seed: number, share: number): FaultPlan {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return () => (next() < share ? (next() < 0.5 ? 'before' : 'after') : undefined);
}

const cut = (): StorageError =>
  new StorageError('storage.interrupted', 'the connection was cut on purpose', { temporary: true });

export class FaultyStorage implements Storage {
  readonly location: string;
  readonly #inner: Storage;
  readonly #plan: FaultPlan;
  #count = 0;
  /** How many operations were broken so far. */
  faults = 0;

  constructor(inner: Storage, plan: FaultPlan) {
    this.#inner = inner;
    this.#plan = plan;
    this.location = inner.location;
  }

  create(): Promise<void> {
    return this.#inner.create();
  }

  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    return this.#break('stat', () => this.#inner.stat(file, options));
  }

  async read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    let wrong = false;
    const bytes = await this.#break('read', () => this.#inner.read(file, range, options), {
      corrupt: () => {
        wrong = true;
      },
    });
    if (!wrong || bytes.length === 0) return bytes;
    const copy = Buffer.from(bytes);
    const at = Math.floor(copy.length / 2);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  }

  async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    // Kept here, so that a commit can be repeated as the contract wants it of a remote kind.
    const parts: Buffer[] = [];
    let ended = false;
    const assertOpen = (): void => {
      if (ended) throw new StorageError('storage.failed', 'this file was committed or aborted before');
    };
    options?.signal?.throwIfAborted();
    return {
      append: async (bytes) => {
        assertOpen();
        parts.push(Buffer.from(bytes));
      },
      commit: async (name) => {
        assertOpen();
        const write = async (bytes: Buffer): Promise<void> => {
          const writer = await this.#inner.writer(kind, options);
          try {
            await writer.append(bytes);
            await writer.commit(name);
          } catch (error) {
            await writer.abort();
            throw error;
          }
        };
        const whole = Buffer.concat(parts);
        await this.#break('write', () => write(whole), {
          // A config fits into one packet: it is there or not.
          torn: async () => (kind === 'config' ? undefined : write(whole.subarray(0, whole.length / 2))),
        });
        ended = true;
      },
      abort: async () => {
        ended = true;
      },
    };
  }

  async *list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    const fault = this.#next('list');
    if (fault === 'before') throw cut();
    let told = 0;
    for await (const file of this.#inner.list(kind, options)) {
      if (fault === 'after' && told++ === 1) throw cut();
      yield file;
    }
  }

  remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    return this.#break('remove', () => this.#inner.remove(file, options));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #break<Result>(
    point: FaultPoint,
    work: () => Promise<Result>,
    { corrupt, torn }: { corrupt?: () => void; torn?: () => Promise<void> } = {},
  ): Promise<Result> {
    const fault = this.#next(point);
    if (fault === 'torn') await torn?.();
    if (fault === 'before' || fault === 'torn') throw cut();
    const result = await work();
    if (fault === 'after') throw cut();
    if (fault === 'corrupt') corrupt?.();
    return result;
  }

  #next(point: FaultPoint): Fault | undefined {
    const fault = this.#plan(point, this.#count++);
    if (fault !== undefined) this.faults += 1;
    return fault;
  }
}
