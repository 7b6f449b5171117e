/**
 * A storage with copies of metadata on the local disk: snapshots, index files, and the packs that hold trees. What is
 * there is verified by its hash before it is used; what is damaged or missing is read from the storage and kept.
 * Whatever goes wrong with the cache itself, the storage answers instead.
 *
 * Names must be the hashes of what is read: it stands outside of the encryption layers.
 */
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';
import type { CachedKind, CacheFolder } from './cache-folder.ts';

/** Packs are fetched in pieces of this size. */
const PIECE = 8 * 1024 * 1024;

export interface CacheUse {
  readonly folder: CacheFolder;
  /** Whether a pack holds trees; asked whenever one is read. */
  readonly isTreePack: (name: string) => boolean;
}

export class CachedStorage implements Storage {
  readonly #storage: Storage;
  #use: CacheUse | undefined;
  /** Files whose hash was seen to be right since this was opened. */
  readonly #verified = new Set<string>();
  /** One fetch for all who want the same file at the same time. */
  readonly #fetches = new Map<string, Promise<boolean>>();
  readonly retain: Storage['retain'];
  readonly proveKeys: Storage['proveKeys'];

  constructor(storage: Storage) {
    this.#storage = storage;
    this.retain = storage.retain?.bind(storage);
    this.proveKeys = storage.proveKeys?.bind(storage);
  }

  /** From now on copies are kept; before that the storage alone is asked. */
  use(use: CacheUse): void {
    this.#use = use;
  }

  get location(): string {
    return this.#storage.location;
  }

  create(): Promise<void> {
    return this.#storage.create();
  }

  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    return this.#storage.stat(file, options);
  }

  async read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    const kind = this.#cachedKind(file);
    if (kind !== undefined && this.#use !== undefined) {
      const { folder } = this.#use;
      if (await this.#ready(kind, file, options)) {
        const bytes = await folder.read(kind, file.name, range).catch(() => undefined);
        if (bytes !== undefined) return bytes;
      }
    }
    return await this.#storage.read(file, range, options);
  }

  writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    return this.#storage.writer(kind, options);
  }

  /** A whole listing also tells which copies nobody needs any more. */
  async *list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    const folder = kind === 'snapshot' || kind === 'index' || kind === 'data' ? this.#use?.folder : undefined;
    const names = new Set<string>();
    for await (const file of this.#storage.list(kind, options)) {
      if (folder !== undefined) names.add(file.name);
      yield file;
    }
    await folder?.keepOnly(kind as CachedKind, names).catch(() => undefined);
  }

  async remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    const { kind, name } = file;
    if (kind === 'snapshot' || kind === 'index' || kind === 'data') {
      this.#verified.delete(name);
      await this.#use?.folder.remove(kind, name).catch(() => undefined);
    }
    await this.#storage.remove(file, options);
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  #cachedKind({ kind, name }: StoredFile): CachedKind | undefined {
    if (kind === 'snapshot' || kind === 'index') return kind;
    return kind === 'data' && this.#use?.isTreePack(name) === true ? kind : undefined;
  }

  /** Whether a copy that is right lies in the cache afterwards. */
  async #ready(kind: CachedKind, file: StoredFile, options?: StorageOptions): Promise<boolean> {
    const { name } = file;
    if (this.#verified.has(name)) return true;
    let fetch = this.#fetches.get(name);
    if (fetch === undefined) {
      fetch = this.#make(kind, file, options).finally(() => this.#fetches.delete(name));
      this.#fetches.set(name, fetch);
    }
    const ready = await fetch;
    if (ready) this.#verified.add(name);
    return ready;
  }

  async #make(kind: CachedKind, file: StoredFile, options?: StorageOptions): Promise<boolean> {
    const folder = this.#use?.folder;
    if (folder === undefined) return false;
    try {
      if (await folder.isSound(kind, file.name)) return true;
      return await folder.write(kind, file.name, this.#pieces(file, options));
    } catch {
      // The caller asks the storage itself and hears from it what is wrong.
      options?.signal?.throwIfAborted();
      return false;
    }
  }

  async *#pieces(file: StoredFile, options?: StorageOptions): AsyncGenerator<Uint8Array> {
    const { size } = await this.#storage.stat(file, options);
    for (let offset = 0; offset < size; offset += PIECE) {
      const length = Math.min(PIECE, size - offset);
      yield await this.#storage.read(file, { offset, length }, options);
    }
  }
}
