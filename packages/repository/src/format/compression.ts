/**
 * zstd as restic uses it: one frame with the content size, no checksum (the SHA-256 checks it), and a window
 * of 512 KiB so that readers need little memory.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FormatError } from '../errors.ts';

export type CompressionMode = 'auto' | 'off' | 'max';

const LEVELS: Readonly<Record<CompressionMode, number>> = { auto: 3, off: 3, max: 12 };
const WINDOW_LOG = 19;

/** 'off' is the level of 'auto' here: what may stay uncompressed is decided by the caller. */
export function compress(plain: Uint8Array, mode: CompressionMode = 'auto'): Buffer {
  return zstdCompressSync(plain, {
    pledgedSrcSize: plain.length,
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVELS[mode],
      [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      [constants.ZSTD_c_checksumFlag]: 0,
      [constants.ZSTD_c_contentSizeFlag]: 1,
    },
  });
}

/** Throws `FormatError` when the frame is damaged or holds more than `limit` bytes. */
export function decompress(compressed: Uint8Array, limit: number): Buffer {
  try {
    return zstdDecompressSync(compressed, { maxOutputLength: Math.max(limit, 1) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`it cannot be decompressed: ${reason}`, { cause });
  }
}
