/**
 * Makes a listing tell what this very handle wrote and removed, also when the service is slow to show it.
 *
 * A listing without a snapshot that was just written could make prune remove what that snapshot needs.
 */
import { FileMissingError } from '../errors.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';

export class OwnWritesStorage implements Storage {
  readonly location: string;
  readonly retain: Storage['retain'];
  readonly #inner: Storage;
  /** Written here and not yet seen in a listing. */
  readonly #unseen = new Map<FileKind, Set<string>>();
  /** Removed here and still in the last listing. */
  readonly #removed = new Map<FileKind, Set<string>>();

  constructor(inner: Storage) {
    this.#inner = inner;
    this.location = inner.location;
    if (inner.retain !== undefined) this.retain = inner.retain.bind(inner);
  }

  create(): Promise<void> {
    return this.#inner.create();
  }

  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    return this.#inner.stat(file, options);
  }

  read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    return this.#inner.read(file, range, options);
  }

  async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    const inner = await this.#inner.writer(kind, options);
    return {
      append: (bytes) => inner.append(bytes),
      commit: async (name) => {
        await inner.commit(name);
        namesOf(this.#unseen, kind).add(name);
        namesOf(this.#removed, kind).delete(name);
      },
      abort: () => inner.abort(),
    };
  }

  async *list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    const unseen = namesOf(this.#unseen, kind);
    const removed = namesOf(this.#removed, kind);
    const wanted = [...unseen];
    const gone = new Set(removed);
    const stillThere = new Set<string>();
    for await (const file of this.#inner.list(kind, options)) {
      unseen.delete(file.name);
      if (gone.has(file.name)) stillThere.add(file.name);
      if (!removed.has(file.name)) yield file;
    }
    for (const name of gone) if (!stillThere.has(name)) removed.delete(name);
    for (const name of wanted) {
      if (!unseen.has(name)) continue;
      try {
        yield await this.#inner.stat({ kind, name }, options);
      } catch (error) {
        // Somebody else has removed it meanwhile.
        if (!(error instanceof FileMissingError)) throw error;
        unseen.delete(name);
      }
    }
  }

  async remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    await this.#inner.remove(file, options);
    namesOf(this.#unseen, file.kind).delete(file.name);
    namesOf(this.#removed, file.kind).add(file.name);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

function namesOf(byKind: Map<FileKind, Set<string>>, kind: FileKind): Set<string> {
  const names = byKind.get(kind) ?? new Set();
  byKind.set(kind, names);
  return names;
}
