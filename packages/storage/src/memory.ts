import { byteSpan } from './byte-range.ts';
import { FileExistsError, FileMissingError, StorageError } from './errors.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from './storage.ts';

const keyOf = ({ kind, name }: StoredFile): string => `${kind}/${name}`;

/** A repository in this process's memory: for tests and for rehearsals that leave no trace. */
export class MemoryStorage implements Storage {
  readonly location: string;
  readonly #files = new Map<string, { file: StoredFile; bytes: Uint8Array }>();

  constructor(name = '') {
    this.location = `memory:${name}`;
  }

  async create(): Promise<void> {}

  async stat(file: StoredFile, options: StorageOptions = {}): Promise<ListedFile> {
    options.signal?.throwIfAborted();
    return { name: file.name, size: this.#bytes(file).length };
  }

  async read(file: StoredFile, range?: ByteRange, options: StorageOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    const bytes = this.#bytes(file);
    const { start, length } = byteSpan(file, this.location, bytes.length, range);
    return Buffer.from(bytes.subarray(start, start + length));
  }

  async writer(kind: FileKind, options: StorageOptions = {}): Promise<FileWriter> {
    options.signal?.throwIfAborted();
    return new MemoryWriter(options.signal, (name, bytes) => {
      const file = { kind, name };
      if (this.#files.has(keyOf(file))) throw new FileExistsError(file, this.location);
      this.#files.set(keyOf(file), { file, bytes });
    });
  }

  async *list(kind: FileKind, options: StorageOptions = {}): AsyncIterable<ListedFile> {
    const found = [...this.#files.values()].filter(({ file }) => file.kind === kind);
    for (const { file, bytes } of found) {
      options.signal?.throwIfAborted();
      yield { name: file.name, size: bytes.length };
    }
  }

  async remove(file: StoredFile, options: StorageOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (!this.#files.delete(keyOf(file))) throw new FileMissingError(file, this.location);
  }

  async close(): Promise<void> {}

  #bytes(file: StoredFile): Uint8Array {
    const found = this.#files.get(keyOf(file));
    if (found === undefined) throw new FileMissingError(file, this.location);
    return found.bytes;
  }
}

class MemoryWriter implements FileWriter {
  readonly #signal: AbortSignal | undefined;
  readonly #publish: (name: string, bytes: Uint8Array) => void;
  #parts: Uint8Array[] = [];
  #ended = false;

  constructor(signal: AbortSignal | undefined, publish: (name: string, bytes: Uint8Array) => void) {
    this.#signal = signal;
    this.#publish = publish;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    this.#signal?.throwIfAborted();
    this.#parts.push(Buffer.from(bytes));
  }

  async commit(name: string): Promise<void> {
    this.#assertOpen();
    this.#ended = true;
    this.#signal?.throwIfAborted();
    this.#publish(name, Buffer.concat(this.#parts));
    this.#parts = [];
  }

  async abort(): Promise<void> {
    this.#ended = true;
    this.#parts = [];
  }

  #assertOpen(): void {
    if (this.#ended) throw new StorageError('storage.failed', 'this file was committed or aborted before');
  }
}

/** One storage a name, for as long as the process lives: opening a name again finds its files. */
const memories = new Map<string, MemoryStorage>();

export function sharedMemory(name: string): MemoryStorage {
  const storage = memories.get(name) ?? new MemoryStorage(name);
  memories.set(name, storage);
  return storage;
}
