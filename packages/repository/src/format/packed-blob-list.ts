/**
 * The blobs of one pack in 41 bytes each. As objects they took ten times as much, and a pack of small files has
 * hundreds of thousands of them.
 */
import type { PackedBlob } from './pack-header.ts';

/** What lists of a pack's blobs have in common, arrays among them. */
export interface PackedBlobs extends Iterable<PackedBlob> {
  readonly length: number;
}

const ID = 32;
const ENTRY = ID + 9;

export class PackedBlobList implements PackedBlobs {
  #entries: Buffer = Buffer.allocUnsafeSlow(64 * ENTRY);
  #length = 0;
  #bytes = 0;

  /** The list that gave these `entries`. */
  static of(entries: Uint8Array): PackedBlobList {
    const list = new PackedBlobList();
    list.#entries = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
    list.#length = entries.length / ENTRY;
    for (let at = ID; at < entries.length; at += ENTRY) list.#bytes += list.#entries.readUInt32LE(at);
    return list;
  }

  /** A copy of the list as bytes, for another thread. */
  get entries(): Uint8Array {
    return Uint8Array.from(this.#entries.subarray(0, this.#length * ENTRY));
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of all blobs, which is the offset of the next one. */
  get bytes(): number {
    return this.#bytes;
  }

  add(blob: Omit<PackedBlob, 'offset'>): void {
    let at = this.#length * ENTRY;
    if (at === this.#entries.length) {
      const longer = Buffer.allocUnsafeSlow(at * 2);
      longer.set(this.#entries);
      this.#entries = longer;
    }
    this.#entries.set(blob.id, at);
    at = this.#entries.writeUInt32LE(blob.length, at + ID);
    at = this.#entries.writeUInt32LE(blob.uncompressedLength, at);
    this.#entries.writeUInt8(blob.type === 'tree' ? 1 : 0, at);
    this.#length++;
    this.#bytes += blob.length;
  }

  /** The ids are views: copy what must outlive the list. */
  *[Symbol.iterator](): Generator<PackedBlob, void, void> {
    let offset = 0;
    for (let entry = 0; entry < this.#length; entry++) {
      const at = entry * ENTRY;
      const length = this.#entries.readUInt32LE(at + ID);
      yield {
        type: this.#entries[at + ENTRY - 1] === 1 ? 'tree' : 'data',
        id: this.#entries.subarray(at, at + ID),
        offset,
        length,
        uncompressedLength: this.#entries.readUInt32LE(at + ID + 4),
      };
      offset += length;
    }
  }
}
