/**
 * Where a backup's blobs go: through the workers into the repository's saver. In a dry run the workers do the same
 * work and what they sealed is dropped.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { release } from '@octobox/storage/release';
import { FormatError } from '../errors.ts';
import { type BlobType, blobId, unlikeSealed } from '../format/blob.ts';
import { PackedBlobList } from '../format/packed-blob-list.ts';
import { openInPieces } from '../format/sealing/crypto.ts';
import { decompress } from '../format/zstd/compression.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import type { BlobSaver } from '../store/packs/blob-saver.ts';
import type { Repository } from '../store/repository.ts';
import type { SavedTree } from './folder-builder.ts';
import type { Tally } from './tally.ts';
import { noBlobs } from './threads/new-blobs.ts';
import { ownCopy, type SealedBlobsMessage } from './threads/worker-messages.ts';
import { WorkerPool } from './threads/worker-pool.ts';
import type { EarlyThreads } from './threads/worker-threads.ts';
import { type PlainTree, type SealedTree, type TreeFormat, TreeWriter } from './tree-writer.ts';

export interface BlobStoreOptions {
  readonly workers?: number | undefined;
  readonly dryRun?: boolean | undefined;
  readonly signal: AbortSignal;
  /** Nothing is published before it resolves. */
  readonly ready?: Promise<void> | undefined;
  readonly threads?: EarlyThreads | undefined;
}

/** Bytes of trees that this thread stores itself; compressing and sealing them takes some milliseconds. */
const WORTH_THREADS = 256 * 1024;

export class BlobStore {
  readonly pool: WorkerPool;
  readonly #repository: Repository;
  readonly #table: BlobTable;
  readonly #saver: BlobSaver | undefined;
  readonly #tally: Tally;
  #storedHere = 0;

  /** The repository's index must be loaded. */
  constructor(repository: Repository, tally: Tally, options: BlobStoreOptions) {
    this.#repository = repository;
    this.#table = repository.index;
    this.#tally = tally;
    const { signal, ready } = options;
    this.#saver = options.dryRun ? undefined : repository.saver({ signal, ready });
    const { keys, version, polynomial, compression } = repository;
    this.pool = new WorkerPool({
      // None would never begin.
      size: Math.max(1, options.workers ?? availableParallelism()),
      setup: { keys, version, polynomial, compression, table: this.#table.share() },
      packs: this.#saver,
      onSealed: (blobs) => this.#saveSealed(blobs),
      early: options.threads,
    });
  }

  has(type: BlobType, id: Buffer): boolean {
    return this.#table.has(type, id);
  }

  /** Stores a blob in a worker. The bytes must not be touched afterwards. */
  async save(type: BlobType, bytes: Uint8Array): Promise<Buffer> {
    return (await this.#saveInWorker(type, bytes)).id;
  }

  async #saveInWorker(type: BlobType, bytes: Uint8Array): Promise<SavedTree> {
    const { id, fresh } = await this.pool.run({ kind: 'blob', type, bytes: ownCopy(bytes) });
    this.#tally.addBlobs(type, fresh);
    return { id: asBuffer(id), fresh };
  }

  /** Stores the first `length` bytes of a memory, which is not to be changed meanwhile. */
  async saveChunk(memory: SharedArrayBuffer, length: number): Promise<Buffer> {
    const saved = await this.pool.run({ kind: 'chunk', memory, length });
    this.#tally.addBlobs('data', saved.fresh);
    return asBuffer(saved.id);
  }

  newTree(): TreeWriter {
    return new TreeWriter(this.#repository);
  }

  async saveTree(tree: PlainTree | SealedTree): Promise<SavedTree> {
    if (tree.kind === 'sealed') return this.#saveLargeTree(tree);
    if (tree.id !== undefined) return { id: tree.id, fresh: noBlobs() };
    // Most trees of an unchanged folder are known: no need to send them to a worker.
    const id = blobId(tree.bytes);
    if (this.#table.isKnown('tree', id)) return { id, fresh: noBlobs() };
    this.#storedHere += tree.bytes.length;
    // Without a file to read, the few trees that changed are stored before a thread would have started.
    if (this.#saver === undefined || this.pool.isStarted || this.#storedHere > WORTH_THREADS)
      return this.#saveInWorker('tree', tree.bytes);
    return this.#saveHere(this.#saver, tree.bytes);
  }

  async #saveHere(saver: BlobSaver, tree: Buffer): Promise<SavedTree> {
    const { id, known, storedBytes } = await saver.save('tree', tree);
    const fresh = known ? noBlobs() : { count: 1, bytes: tree.length, stored: storedBytes };
    this.#tally.addBlobs('tree', fresh);
    return { id, fresh };
  }

  async #saveSealed({ blobs, sealed }: SealedBlobsMessage): Promise<void> {
    if (this.#saver === undefined) return;
    for (const { type, id, offset, length, uncompressedLength } of PackedBlobList.of(blobs))
      await this.#saver.saveSealed(type, id, sealed.subarray(offset, offset + length), uncompressedLength);
  }

  async #saveLargeTree(tree: SealedTree): Promise<SavedTree> {
    const { id, sealed, length } = tree;
    try {
      if (!this.#table.claim('tree', id)) return { id, fresh: noBlobs() };
      const { keys, version } = this.#repository;
      await verifyTree({ keys, version }, tree);
      await this.#saver?.saveSealed('tree', id, sealed, version === 1 ? 0 : length);
      const fresh = { count: 1, bytes: length, stored: sealed.length };
      this.#tally.addBlobs('tree', fresh);
      return { id, fresh };
    } finally {
      tree.discard();
    }
  }

  /** Ends with everything durable and indexed. */
  async finish(): Promise<void> {
    await this.pool.drain();
    await this.pool.close();
    await this.#saver?.finish();
    if (this.#saver === undefined) this.#repository.forgetIndex();
  }

  /** Gives up. Never rejects. */
  async abort(error: unknown): Promise<void> {
    this.pool.fail(error);
    await this.pool.close();
    await this.#saver?.abort();
    if (this.#saver === undefined) this.#repository.forgetIndex();
  }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** As `verifySealed`, but with one part of the plain tree in memory at a time. */
async function verifyTree({ keys, version }: TreeFormat, tree: SealedTree): Promise<void> {
  const hash = createHash('sha256');
  try {
    const next = openInPieces(keys, tree.sealed);
    for (const length of tree.parts) {
      const part = next(length);
      const plain = version === 1 ? part : decompress(part, tree.length);
      hash.update(plain);
      release(part);
      release(plain);
      await nextTurn();
    }
  } catch (cause) {
    throw unlikeSealed(cause);
  }
  if (!hash.digest().equals(tree.id))
    throw unlikeSealed(new FormatError('its content does not match its name'));
}
