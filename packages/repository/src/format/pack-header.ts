/**
 * The end of a pack file (restic design, "Pack Format"): `blob1 … blobN || sealed(header) || length (uint32, little-endian)`.
 * An entry is `type (1), stored length (4), [plain length (4) when compressed], id (32)`; blobs follow one another
 * from offset 0 without gaps.
 */
import { FormatError } from '../errors.ts';
import type { BlobType } from './blob.ts';
import { SEAL_OVERHEAD } from './sealing/crypto.ts';

export interface PackedBlob {
  readonly type: BlobType;
  /** 32 bytes */
  readonly id: Buffer;
  /** bytes from the start of the pack */
  readonly offset: number;
  /** bytes as stored (encrypted) */
  readonly length: number;
  /** bytes of the plain blob when it is compressed, else 0 */
  readonly uncompressedLength: number;
}

const PLAIN_ENTRY = 37;
const COMPRESSED_ENTRY = 41;
export const HEADER_LENGTH_BYTES = 4;
/** restic reads no header above this. */
export const MAX_HEADER = 16 * 1024 * 1024;
/** What is read first: enough for the header of a pack with fifteen blobs. */
export const EAGER_READ = 15 * COMPRESSED_ENTRY + SEAL_OVERHEAD + HEADER_LENGTH_BYTES;
export const MIN_PACK = PLAIN_ENTRY + SEAL_OVERHEAD + HEADER_LENGTH_BYTES + SEAL_OVERHEAD;

export const entryLength = (uncompressedLength: number): number =>
  uncompressedLength === 0 ? PLAIN_ENTRY : COMPRESSED_ENTRY;

/** Bytes that the header of these blobs takes in the pack, sealed and with its length. */
export const headerLength = (blobs: readonly PackedBlob[]): number =>
  blobs.reduce(
    (sum, blob) => sum + entryLength(blob.uncompressedLength),
    SEAL_OVERHEAD + HEADER_LENGTH_BYTES,
  );

/** The plain header; sealing it and adding its length is the writer's part. */
export function encodePackHeader(blobs: Iterable<PackedBlob>): Buffer {
  let length = 0;
  for (const blob of blobs) length += entryLength(blob.uncompressedLength);
  const header = Buffer.allocUnsafe(length);
  let at = 0;
  for (const blob of blobs) {
    const compressed = blob.uncompressedLength !== 0;
    at = header.writeUInt8((blob.type === 'tree' ? 1 : 0) + (compressed ? 2 : 0), at);
    at = header.writeUInt32LE(blob.length, at);
    if (compressed) at = header.writeUInt32LE(blob.uncompressedLength, at);
    header.set(blob.id, at);
    at += 32;
  }
  return header;
}

/** Reads a plain header. Throws `FormatError` when it is not made of whole, known entries. */
export function decodePackHeader(header: Buffer): PackedBlob[] {
  return Array.from(packHeaderEntries(header), (blob) => ({ ...blob, id: Buffer.from(blob.id) }));
}

/**
 * The entries of a plain header one by one, for packs that hold a hundred thousand of them; each `id` is a view of
 * the header. Throws `FormatError` as `decodePackHeader` does.
 */
export function* packHeaderEntries(header: Buffer): Generator<PackedBlob> {
  let offset = 0;
  let entry = 0;
  for (let at = 0; at < header.length; entry++) {
    const kind = header.readUInt8(at);
    if (kind > 3) throw new FormatError(`entry ${entry} of the header has the unknown type ${kind}`);
    const size = kind < 2 ? PLAIN_ENTRY : COMPRESSED_ENTRY;
    if (at + size > header.length) throw new FormatError(`entry ${entry} of the header is cut off`);
    const length = header.readUInt32LE(at + 1);
    const uncompressedLength = kind < 2 ? 0 : header.readUInt32LE(at + 5);
    if (length < SEAL_OVERHEAD) throw new FormatError(`entry ${entry} of the header is ${length} bytes long`);
    const id = header.subarray(at + size - 32, at + size);
    yield { type: (kind & 1) === 1 ? 'tree' : 'data', id, offset, length, uncompressedLength };
    offset += length;
    at += size;
  }
}

/** The sealed header's length from a pack's last four bytes; throws when a pack of `size` bytes cannot have it. */
export function sealedHeaderLength(lastBytes: Buffer, size: number): number {
  const length = lastBytes.readUInt32LE(lastBytes.length - HEADER_LENGTH_BYTES);
  if (length > MAX_HEADER || length < SEAL_OVERHEAD + PLAIN_ENTRY || length + HEADER_LENGTH_BYTES > size) {
    throw new FormatError(`its header cannot be ${length} bytes long in a file of ${size}`);
  }
  return length;
}
