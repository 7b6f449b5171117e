/**
 * zstd as restic uses it: one frame with the content size, no checksum (the SHA-256 checks it), and a window
 * of 512 KiB so that readers need little memory.
 */
import { pipeline, Readable } from 'node:stream';
import { constants, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FormatError } from '../errors.ts';

export type CompressionMode = 'off' | 'fastest' | 'auto' | 'better' | 'max';

const LEVELS: Readonly<Record<CompressionMode, number>> = {
  off: 3,
  fastest: 1,
  auto: 3,
  better: 7,
  max: 12,
};
const WINDOW_LOG = 19;

/**
 * Output is taken in pieces of this size at most. With one piece that holds everything zlib spares growing and
 * joining, which halves the time of a large blob.
 */
const MAX_PIECE = 16 * 1024 * 1024;
const MIN_PIECE = 64;

/** 'off' is the level of 'auto' here: what may stay uncompressed is decided by the caller. */
export function compress(plain: Uint8Array, mode: CompressionMode = 'auto'): Buffer {
  // The most that a frame can take (zstd's ZSTD_COMPRESSBOUND), and one byte so that the piece is never full.
  const bound = plain.length + (plain.length >> 8) + MIN_PIECE + 1;
  const compressed = zstdCompressSync(plain, {
    pledgedSrcSize: plain.length,
    chunkSize: Math.min(bound, MAX_PIECE),
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVELS[mode],
      [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      [constants.ZSTD_c_checksumFlag]: 0,
      [constants.ZSTD_c_contentSizeFlag]: 1,
    },
  });
  return trimmed(compressed);
}

/** Throws `FormatError` when the frame is damaged or holds more than `limit` bytes. */
export function decompress(compressed: Uint8Array, limit: number): Buffer {
  const piece = Math.min(contentSize(compressed) ?? 64 * 1024, limit, MAX_PIECE) + 1;
  try {
    return trimmed(
      zstdDecompressSync(compressed, {
        maxOutputLength: Math.max(limit, 1),
        chunkSize: Math.max(piece, MIN_PIECE),
      }),
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`it cannot be decompressed: ${reason}`, { cause });
  }
}

const STREAM_PIECE = 256 * 1024;

/** The plain bytes of one or more frames, a piece at a time. Throws `FormatError` when a frame is damaged. */
export async function* decompressPieces(compressed: Iterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const plain = createZstdDecompress({ chunkSize: STREAM_PIECE });
  // Failures come out of `plain`.
  pipeline(Readable.from(compressed, { highWaterMark: 1 }), plain, () => {});
  try {
    for await (const piece of plain) yield piece as Buffer;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`it cannot be decompressed: ${reason}`, { cause });
  }
}

/** The same bytes in memory of their own length: a short result must not keep the whole piece. */
function trimmed(result: Buffer): Buffer {
  const { buffer, byteOffset, length } = result;
  // Small pieces lie in Node's shared pool.
  if (buffer.byteLength === length || buffer.byteLength < 128 * 1024) return result;
  if (!(buffer instanceof ArrayBuffer)) return Buffer.from(result);
  return byteOffset === 0 ? Buffer.from(buffer.transfer(length)) : Buffer.from(result);
}

/** The content size that the first frame tells (RFC 8878, 3.1.1.1), if it does. Only a hint: it may lie. */
function contentSize(frame: Uint8Array): number | undefined {
  const descriptor = frame[4];
  if (descriptor === undefined || frame.length < 18) return undefined;
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (single ? 0 : 1) + dictionary;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  switch (descriptor >> 6) {
    case 0:
      return single ? frame[at] : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
