/**
 * Stores new blobs: seals them, gathers them in packs, and writes the index files of finished packs.
 *
 *     save → (claim, seal, verify) → an open pack → committed pack → index file
 *
 * Data and trees never share a pack. Each type has two open packs and every blob goes to one at random, so that
 * the order of chunk sizes in a pack tells an observer less about the files (restic issue 5291).
 * What is appended waits for the storage, and at most a few packs are committed at once: that is the
 * back-pressure.
 *
 * Workers that make up whole packs are lent a file for each, and give it back finished: from there on it goes the same
 * way.
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Storage } from '@octobox/storage';
import { RepositoryError } from '../../errors.ts';
import { type BlobType, blobId, type SealedBlob, sealBlob, verifySealed } from '../../format/blob.ts';
import type { PackedBlobList, PackedBlobs } from '../../format/packed-blob-list.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import type { CompressionMode } from '../../format/zstd/compression.ts';
import type { BlobTable } from '../index/blob-table.ts';
import type { IndexWriter } from '../index/index-writer.ts';
import { LentPack } from './lent-pack.ts';
import { PACK_SIZE } from './pack-draft.ts';
import { type FinishedPack, PackWriter } from './pack-writer.ts';

export interface SaverOptions {
  readonly compression?: CompressionMode | undefined;
  /** Bytes at which a pack is finished; 16 MiB when absent. */
  readonly packSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** No pack is published before it resolves; when it rejects, saving fails. */
  readonly ready?: Promise<void> | undefined;
}

export interface SavedBlob {
  /** 32 bytes */
  readonly id: Buffer;
  /** whether the repository had the blob already */
  readonly known: boolean;
  /** bytes added to a pack, 0 when known */
  readonly storedBytes: number;
}

export interface SaverParts {
  readonly storage: Storage;
  readonly keys: MasterKey;
  readonly version: 1 | 2;
  readonly table: BlobTable;
  readonly index: IndexWriter;
  /**
   * Called once when the saver ends. Without `indexed`, packs were stored of which no index file tells: the table
   * is wrong from then on.
   */
  readonly ended: (indexed: boolean) => void;
}

const OPEN_PACKS = 2;
const COMMITS_AT_ONCE = Math.max(2, Math.min(4, availableParallelism()));

interface CommittablePack {
  readonly blobs: PackedBlobs;
  commit(): Promise<FinishedPack>;
  abort(): Promise<void>;
}

interface Lane {
  pack: PackWriter | undefined;
  /** The last of the operations on this lane, which run one after another. */
  tail: Promise<unknown>;
}

const newLanes = (): Lane[] =>
  Array.from({ length: OPEN_PACKS }, () => ({ pack: undefined, tail: Promise.resolve() }));

export class BlobSaver {
  readonly #parts: SaverParts;
  readonly #options: SaverOptions;
  readonly #lanes: Readonly<Record<BlobType, Lane[]>> = { data: newLanes(), tree: newLanes() };
  readonly #commits = new Set<Promise<void>>();
  readonly #lent = new Set<LentPack>();
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(parts: SaverParts, options: SaverOptions = {}) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Stores a plain blob unless the repository has it. */
  async save(type: BlobType, plain: Uint8Array): Promise<SavedBlob> {
    this.#assertUsable();
    const { keys, version, table } = this.#parts;
    const id = blobId(plain);
    if (!table.claim(type, id)) return { id, known: true, storedBytes: 0 };
    try {
      const blob = sealBlob(keys, type, plain, { version, mode: this.#options.compression ?? 'auto' });
      verifySealed(keys, id, blob);
      await this.#append(type, id, blob);
      return { id, known: false, storedBytes: blob.sealed.length };
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /**
   * Stores a blob that a worker has claimed, sealed and verified. The bytes must not change until the promise
   * settles.
   */
  async saveSealed(
    type: BlobType,
    id: Buffer,
    sealed: Uint8Array,
    uncompressedLength: number,
  ): Promise<void> {
    this.#assertUsable();
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    await this.#append(type, id, { sealed: bytes, uncompressedLength });
  }

  /** Bytes at which a pack is full. */
  get packSize(): number {
    return this.#options.packSize ?? PACK_SIZE;
  }

  /** A file for a worker that makes up a pack; resolves when there is room for one. */
  async lend(): Promise<LentPack> {
    this.#assertUsable();
    await this.#room();
    try {
      const pack = await LentPack.open(this.#parts.storage, { signal: this.#options.signal });
      this.#lent.add(pack);
      return pack;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Takes a pack back that was made up to its end; resolves when there is room for another one. */
  async takeBack(pack: LentPack, id: Buffer, blobs: PackedBlobList): Promise<void> {
    this.#assertUsable();
    await this.#commit({
      blobs,
      commit: () => pack.commit(id, blobs).finally(() => this.#lent.delete(pack)),
      abort: () => pack.abort(),
    });
  }

  /** Takes a file back that nothing was written into. */
  async takeBackUnused(pack: LentPack): Promise<void> {
    await pack.abort();
    this.#lent.delete(pack);
  }

  /** Writes what is left. When it resolves every saved blob is durable, and so is the index that names it. */
  async finish(): Promise<void> {
    this.#assertUsable();
    try {
      for (const lane of this.#allLanes()) {
        await this.#inLane(lane, async () => {
          const pack = lane.pack;
          lane.pack = undefined;
          if (pack !== undefined) await this.#commit(pack);
        });
      }
      await this.#drained();
      this.#throwFailure();
      if (this.#lent.size > 0) throw new Error('a pack was lent and not given back');
      await this.#parts.index.flush();
      this.#ended = true;
      this.#parts.ended(true);
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Gives up, when no worker writes any more: open packs are thrown away. Finished ones stay, unnamed, until the next prune. Never rejects. */
  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    for (const lane of this.#allLanes()) {
      await lane.tail.catch(() => {});
      if (lane.pack !== undefined) await this.#discard(lane.pack);
      lane.pack = undefined;
    }
    await this.#drained();
    for (const pack of this.#lent) await pack.abort();
    this.#parts.ended(false);
  }

  #append(type: BlobType, id: Buffer, blob: SealedBlob): Promise<void> {
    const lane = this.#lanes[type][randomInt(OPEN_PACKS)] as Lane;
    return this.#inLane(lane, async () => {
      this.#assertUsable();
      try {
        lane.pack ??= await PackWriter.open(this.#parts.storage, this.#parts.keys, {
          signal: this.#options.signal,
        });
        await lane.pack.add(type, id, blob);
      } catch (error) {
        throw this.#fail(error);
      }
      if (!lane.pack.isFull(this.packSize)) return;
      const full = lane.pack;
      lane.pack = undefined;
      await this.#commit(full);
    });
  }

  #inLane<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
    const done = lane.tail.then(work);
    lane.tail = done.catch(() => {});
    return done;
  }

  /** Starts to commit a pack; resolves when there is room for one more. */
  async #commit(pack: CommittablePack): Promise<void> {
    const done = this.#publish(pack)
      .catch(async (error: unknown) => {
        this.#fail(error);
        await this.#discard(pack);
      })
      .finally(() => this.#commits.delete(done));
    this.#commits.add(done);
    await this.#room();
  }

  async #room(): Promise<void> {
    while (this.#commits.size >= COMMITS_AT_ONCE) await Promise.race(this.#commits);
  }

  async #publish(pack: CommittablePack): Promise<void> {
    const { table, index } = this.#parts;
    await this.#options.ready;
    const { id, blobs } = await pack.commit();
    const number = table.packNumber(id);
    for (const blob of blobs) {
      table.settle(blob.type, blob.id, number, blob.offset, blob.length, blob.uncompressedLength);
    }
    await index.add({ id, blobs });
  }

  async #discard(pack: CommittablePack): Promise<void> {
    for (const { type, id } of pack.blobs) this.#parts.table.drop(type, id);
    await pack.abort();
  }

  async #drained(): Promise<void> {
    while (this.#commits.size > 0) await Promise.all(this.#commits);
  }

  #allLanes(): Lane[] {
    return [...this.#lanes.data, ...this.#lanes.tree];
  }

  /**
   * Every failure is the end: others may have been told that the repository knows the blob, and a pack that was not
   * written to its end takes those along that are in it.
   */
  #fail(error: unknown): unknown {
    this.#failure ??= { error };
    return error;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #assertUsable(): void {
    this.#throwFailure();
    this.#options.signal?.throwIfAborted();
    if (this.#ended)
      throw new RepositoryError('repository.saver-ended', 'this saver has finished or was aborted');
  }
}
