/** What a pack needs besides its bytes: the list of its blobs, its running hash and, at the end, its header. */
import { createHash } from 'node:crypto';
import {
  encodePackHeader,
  entryLength,
  HEADER_LENGTH_BYTES,
  MAX_HEADER,
  type PackedBlob,
} from '../../format/pack-header.ts';
import { PackedBlobList } from '../../format/packed-blob-list.ts';
import { type MasterKey, SEAL_OVERHEAD, seal } from '../../format/sealing/crypto.ts';

/** Bytes at which a pack is finished, unless something else is asked for. */
export const PACK_SIZE = 16 * 1024 * 1024;
/** A pack stands whole in one index file, whose JSON takes 200 bytes a blob and lies in memory. */
const MAX_BLOBS = 25_000;
/** Entries that certainly fit after the last look at the size of the header. */
const HEADER_RESERVE = 1024;

export class PackDraft {
  readonly blobs = new PackedBlobList();
  readonly #keys: MasterKey;
  readonly #hash = createHash('sha256');
  #headerSize = SEAL_OVERHEAD + HEADER_LENGTH_BYTES;

  constructor(keys: MasterKey) {
    this.#keys = keys;
  }

  /** Bytes of the file if it were finished now. */
  get size(): number {
    return this.blobs.bytes + this.#headerSize;
  }

  isFull(target: number): boolean {
    return (
      this.size >= target || this.blobs.length >= MAX_BLOBS || this.#headerSize + HEADER_RESERVE > MAX_HEADER
    );
  }

  /** The next blob; its bytes are to be hashed in the same order. */
  add(blob: Omit<PackedBlob, 'offset'>): void {
    this.blobs.add(blob);
    this.#headerSize += entryLength(blob.uncompressedLength);
  }

  hash(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The bytes behind the last blob, and the 32 bytes that name the pack. */
  finish(): { readonly end: Buffer; readonly id: Buffer } {
    const header = seal(this.#keys, encodePackHeader(this.blobs));
    const length = Buffer.allocUnsafe(HEADER_LENGTH_BYTES);
    length.writeUInt32LE(header.length);
    const end = Buffer.concat([header, length]);
    return { end, id: this.#hash.update(end).digest() };
  }
}
