/** One pack file under construction: blobs go straight to the storage, only their list is kept. */
import { createHash } from 'node:crypto';
import type { FileWriter, Storage, StorageOptions } from '@octobox/storage';
import type { BlobType, SealedBlob } from '../format/blob.ts';
import { type MasterKey, SEAL_OVERHEAD, seal } from '../format/crypto.ts';
import { encodePackHeader, entryLength, HEADER_LENGTH_BYTES, MAX_HEADER } from '../format/pack-header.ts';
import { PackedBlobList, type PackedBlobs } from '../format/packed-blob-list.ts';

export interface FinishedPack {
  /** 32 bytes; the file's name is its hex form */
  readonly id: Buffer;
  readonly blobs: PackedBlobs;
}

/** A pack stands whole in one index file, whose JSON takes 200 bytes a blob and lies in memory. */
const MAX_BLOBS = 25_000;
/** Entries that certainly fit after the last look at the size of the header. */
const HEADER_RESERVE = 1024;

export class PackWriter {
  readonly #keys: MasterKey;
  readonly #writer: FileWriter;
  readonly #hash = createHash('sha256');
  readonly #blobs = new PackedBlobList();
  #headerSize = SEAL_OVERHEAD + HEADER_LENGTH_BYTES;

  private constructor(keys: MasterKey, writer: FileWriter) {
    this.#keys = keys;
    this.#writer = writer;
  }

  static async open(storage: Storage, keys: MasterKey, options?: StorageOptions): Promise<PackWriter> {
    return new PackWriter(keys, await storage.writer('data', options));
  }

  /** Bytes of the file if it were finished now. */
  get size(): number {
    return this.#blobs.bytes + this.#headerSize;
  }

  get blobs(): PackedBlobs {
    return this.#blobs;
  }

  isFull(target: number): boolean {
    return (
      this.size >= target || this.#blobs.length >= MAX_BLOBS || this.#headerSize + HEADER_RESERVE > MAX_HEADER
    );
  }

  async add(type: BlobType, id: Buffer, blob: SealedBlob): Promise<void> {
    const { sealed, uncompressedLength } = blob;
    this.#blobs.add({ type, id, length: sealed.length, uncompressedLength });
    this.#headerSize += entryLength(uncompressedLength);
    this.#hash.update(sealed);
    await this.#writer.append(sealed);
  }

  /** Writes the header and publishes the file; it is durable when this resolves. */
  async commit(): Promise<FinishedPack> {
    const header = seal(this.#keys, encodePackHeader(this.#blobs));
    const length = Buffer.allocUnsafe(HEADER_LENGTH_BYTES);
    length.writeUInt32LE(header.length);
    const end = Buffer.concat([header, length]);
    const id = this.#hash.update(end).digest();
    await this.#writer.append(end);
    await this.#writer.commit(id.toString('hex'));
    return { id, blobs: this.#blobs };
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }
}
