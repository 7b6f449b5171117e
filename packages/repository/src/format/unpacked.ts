/**
 * The envelope of index, snapshot and lock files below their encryption: raw JSON (begins with `{` or `[`), or,
 * since format version 2, the byte 2 and zstd. Every other first byte is an error.
 */
import { FormatError } from '../errors.ts';
import { type CompressionMode, compress, decompress } from './zstd/compression.ts';

const COMPRESSED = 2;
/** Far above any index file that exists (50,000 blobs are 10 MB), far below what would exhaust memory. */
const LIMIT = 512 * 1024 * 1024;

export function wrapUnpacked(json: Uint8Array, version: 1 | 2, mode: CompressionMode = 'auto'): Buffer {
  if (version === 1) return Buffer.from(json);
  return Buffer.concat([Buffer.of(COMPRESSED), compress(json, mode)]);
}

export function unwrapUnpacked(wrapped: Uint8Array): Buffer {
  const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
  const first = bytes[0];
  if (first === 0x7b || first === 0x5b) return bytes;
  if (first === COMPRESSED) return decompress(bytes.subarray(1), LIMIT);
  throw new FormatError(first === undefined ? 'it is empty' : `it begins with the unknown byte ${first}`);
}
