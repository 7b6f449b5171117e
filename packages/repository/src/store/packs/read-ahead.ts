/**
 * Reads small ranges of packs by way of larger ones that are kept for a while: the trees of neighbouring folders lie
 * beside each other, and one read for hundreds of them is cheaper on a disk, over a network and through layers.
 */
import type { ByteRange, Storage, StorageOptions, StoredFile } from '@octobox/storage';
import { releaseMemory } from '@octobox/storage/release';

const SEGMENT = 64 * 1024;
/**
 * 4 MiB in all. Each backup that found something changed left a pack of trees: the walk through the newest snapshot is in all of
 * them at once, and each has to find its segment here again.
 */
const KEPT_SEGMENTS = 64;
/** Sizes of packs that are remembered; a hundred bytes each. */
const KEPT_SIZES = 1024;

export class ReadAhead implements Pick<Storage, 'read'> {
  readonly #storage: Pick<Storage, 'read' | 'stat'>;
  /** The one used last stands last. */
  readonly #segments = new Map<string, Promise<Uint8Array>>();
  readonly #sizes = new Map<string, Promise<number>>();

  constructor(storage: Pick<Storage, 'read' | 'stat'>) {
    this.#storage = storage;
  }

  /** As `Storage.read`. */
  async read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
    const segment = segmentOf(range);
    if (range?.length === undefined || segment === undefined) return this.#storage.read(file, range, options);
    const from = range.offset - segment * SEGMENT;
    try {
      const bytes = await this.#segment(file, segment, options);
      // A segment that was dropped meanwhile is empty.
      if (from + range.length <= bytes.length) return Buffer.from(bytes.subarray(from, from + range.length));
    } catch {
      options?.signal?.throwIfAborted();
    }
    // What is wrong with the file shows, or does not matter, when no more is read than was asked for.
    return this.#storage.read(file, range, options);
  }

  #segment(file: StoredFile, segment: number, options: StorageOptions | undefined): Promise<Uint8Array> {
    const key = `${file.kind}/${file.name}/${segment}`;
    const bytes = this.#segments.get(key) ?? this.#load(file, segment, options);
    // Its memory at once: nobody holds a part of it, and the collector would let it lie about for long.
    void keep(this.#segments, key, bytes, KEPT_SEGMENTS)?.then(releaseMemory, () => {});
    return bytes;
  }

  async #load(file: StoredFile, segment: number, options: StorageOptions | undefined): Promise<Uint8Array> {
    const key = `${file.kind}/${file.name}`;
    const asked = this.#sizes.get(key) ?? this.#storage.stat(file, options).then(({ size }) => size);
    keep(this.#sizes, key, asked, KEPT_SIZES);
    const offset = segment * SEGMENT;
    const length = Math.min(SEGMENT, (await asked) - offset);
    return this.#storage.read(file, { offset, length }, options);
  }
}

/** Undefined for a range that does not lie within one. */
function segmentOf(range: ByteRange | undefined): number | undefined {
  if (range?.length === undefined || range.offset < 0) return undefined;
  const segment = Math.floor(range.offset / SEGMENT);
  return range.offset + range.length <= (segment + 1) * SEGMENT ? segment : undefined;
}

/** A failure is not kept. Gives what had to go for it. */
function keep<T>(
  kept: Map<string, Promise<T>>,
  key: string,
  value: Promise<T>,
  most: number,
): Promise<T> | undefined {
  const isNew = kept.get(key) !== value;
  kept.delete(key);
  kept.set(key, value);
  if (isNew) {
    value.catch(() => {
      if (kept.get(key) === value) kept.delete(key);
    });
  }
  if (kept.size <= most) return undefined;
  for (const [oldest, dropped] of kept) {
    kept.delete(oldest);
    return dropped;
  }
  return undefined;
}
