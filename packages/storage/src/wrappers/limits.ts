/** Keeps a storage that moves bytes at once (a disk) to a rate. Remote kinds pace their own connections. */
import type { RateLimits } from '../open-options.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';
import { Pace } from '../transfer/pace.ts';

export class LimitedStorage implements Storage {
  readonly location: string;
  readonly retain: Storage['retain'];
  readonly #inner: Storage;
  readonly #pace: Pace;

  constructor(inner: Storage, limits: RateLimits) {
    this.#inner = inner;
    this.#pace = new Pace(limits);
    this.location = inner.location;
    if (inner.retain !== undefined) this.retain = inner.retain.bind(inner);
  }

  create(): Promise<void> {
    return this.#inner.create();
  }

  stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
    return this.#inner.stat(file, options);
  }

  async read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    const bytes = await this.#inner.read(file, range, options);
    for await (const _ of this.#pace.down(bytes, options?.signal));
    return bytes;
  }

  async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    const inner = await this.#inner.writer(kind, options);
    return {
      append: async (bytes) => {
        for await (const part of this.#pace.up(bytes, options?.signal)) await inner.append(part);
      },
      commit: (name) => inner.commit(name),
      abort: () => inner.abort(),
    };
  }

  list(kind: FileKind, options?: StorageOptions): AsyncIterable<ListedFile> {
    return this.#inner.list(kind, options);
  }

  remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    return this.#inner.remove(file, options);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
