/**
 * zstd as restic uses it: one frame with the content size, no checksum (the SHA-256 checks it), and a window
 * of 512 KiB so that readers need little memory.
 */
import { pipeline, Readable } from 'node:stream';
import { constants, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FormatError } from '../../errors.ts';
import { type Room, Scratch } from '../../runtime/scratch.ts';
import { ZstdContext } from './zstd-context.ts';

export type CompressionMode = 'off' | 'fastest' | 'auto' | 'better' | 'max';

const LEVELS: Readonly<Record<CompressionMode, number>> = {
  off: 3,
  fastest: 1,
  auto: 3,
  better: 7,
  max: 12,
};
const WINDOW_LOG = 19;

/** What is larger is left to Node's own calls, which take their output in pieces. */
const MAX_PIECE = 16 * 1024 * 1024;
const MIN_PIECE = 64;

/** The most that a frame can take (zstd's ZSTD_COMPRESSBOUND), and one byte so that the output is never full. */
const bound = (length: number): number => length + (length >> 8) + MIN_PIECE + 1;

/**
 * Tables that stay in the processor's own cache: a tenth (trees of files) to a quarter (dumps) less time than the usual
 * ones of level 3, for some tenths of a percent more, or up to 2 % fewer bytes.
 */
const SMALL_TABLES = { [constants.ZSTD_c_hashLog]: 16, [constants.ZSTD_c_chainLog]: 15 };

/** Looks for long repetitions only, in a table of 32 KiB. */
const LONG_MATCHES = {
  [constants.ZSTD_c_strategy]: constants.ZSTD_fast,
  [constants.ZSTD_c_hashLog]: 13,
  [constants.ZSTD_c_minMatch]: 7,
};

/**
 * How to compress: 'repetitive' is a kind of 'auto', for what repeats itself in long runs as dumps of databases do. It
 * takes half of the time; such bytes even become smaller, all others larger.
 */
export type CompressionWay = CompressionMode | 'repetitive';

const levelOf = (way: CompressionWay): number => LEVELS[way === 'repetitive' ? 'auto' : way];

function tablesOf(way: CompressionWay): Readonly<Record<number, number>> {
  if (way === 'repetitive') return LONG_MATCHES;
  return levelOf(way) === 3 ? SMALL_TABLES : {};
}

const parameters = (way: CompressionWay) => ({
  ...tablesOf(way),
  [constants.ZSTD_c_compressionLevel]: levelOf(way),
  [constants.ZSTD_c_windowLog]: WINDOW_LOG,
  [constants.ZSTD_c_checksumFlag]: 0,
  [constants.ZSTD_c_contentSizeFlag]: 1,
});

/** One of each kind a thread, made when it is first needed; undefined when this Node has no handle to drive. */
const compressors = new Map<CompressionWay, ZstdContext | undefined>();
let decompressor: { readonly context: ZstdContext | undefined } | undefined;

function compressorOf(way: CompressionWay): ZstdContext | undefined {
  if (!compressors.has(way)) compressors.set(way, ZstdContext.compressor(parameters(way)));
  return compressors.get(way);
}

const ownScratch = new Scratch();

/** 'off' is the level of 'auto' here: what may stay uncompressed is decided by the caller. */
export function compress(plain: Uint8Array, mode: CompressionMode = 'auto'): Buffer {
  return ownBytes(compressInto(ownScratch, plain, mode));
}

/**
 * As `compress`; the result lies in the scratch memory, until that is used again, or in its own. In the scratch memory
 * there are `room` free bytes on both sides of it.
 */
export function compressInto(
  scratch: Scratch,
  plain: Uint8Array,
  way: CompressionWay = 'auto',
  room = 0,
): Buffer {
  const context = plain.length > MAX_PIECE ? undefined : compressorOf(way);
  if (context !== undefined) {
    const most = bound(plain.length);
    const output = scratch.take(room + most + room).subarray(room, room + most);
    const { written, taken, error } = context.run(plain, output);
    if (error === undefined && taken === plain.length) return output.subarray(0, written);
  }
  return trimmed(
    zstdCompressSync(plain, {
      pledgedSrcSize: plain.length,
      chunkSize: Math.min(bound(plain.length), MAX_PIECE),
      params: parameters(way),
    }),
  );
}

/** Throws `FormatError` when the frame is damaged or holds more than `limit` bytes. */
export function decompress(compressed: Uint8Array, limit: number): Buffer {
  return ownBytes(decompressInto(ownScratch, compressed, limit));
}

/** As `decompress`; the result lies in the scratch memory, until that is used again, or in its own. */
export function decompressInto(scratch: Room, compressed: Uint8Array, limit: number): Buffer {
  const told = contentSize(compressed);
  // One byte more than there may be shows what is too much.
  const size = told ?? limit + 1;
  // A frame that is large, or tells a lie, is read in pieces.
  if (size > MAX_PIECE || (told ?? 0) > limit) return decompressPiecewise(compressed, limit);
  decompressor ??= { context: ZstdContext.decompressor() };
  if (decompressor.context === undefined) return decompressPiecewise(compressed, limit);
  const output = scratch.take(size);
  const { written, taken, error } = decompressor.context.run(compressed, output);
  const isWhole = error === undefined && taken === compressed.length;
  if (isWhole && (told === undefined ? written <= limit : written === size))
    return output.subarray(0, written);
  // Several frames of which the first told its own size only, or damage.
  return decompressPiecewise(compressed, limit);
}

/** What is seen at once of a frame that is not wanted whole. */
const WINDOW = 128 * 1024;
let windowed: Buffer | undefined;

/**
 * Shows what is in a frame that comes in parts, in pieces that last for a moment; the frame is nowhere whole. False when
 * that were not `length` bytes, or this Node has no way for it, or the frame is another than usual: that does not tell
 * of damage yet.
 */
export function decompressPassing(
  parts: Iterable<Uint8Array>,
  length: number,
  look: (piece: Uint8Array) => void,
): boolean {
  if (length > MAX_PIECE) return false;
  decompressor ??= { context: ZstdContext.decompressor() };
  windowed ??= Buffer.allocUnsafeSlow(WINDOW);
  return decompressor.context?.runPieces(parts, windowed, length, look) ?? false;
}

function decompressPiecewise(compressed: Uint8Array, limit: number): Buffer {
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

/** Bytes that lie in the scratch memory of this file are copied out of it. */
const ownBytes = (bytes: Buffer): Buffer => (ownScratch.holds(bytes) ? Buffer.from(bytes) : bytes);

const PROBE = 6 * 1024;
const PROBES = 8;
const PROBED_FROM = 192 * 1024;
/** Its multiples by squares keep no step with what repeats in the bytes; those by 1, 2, 3 … do. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Whether compressing would be in vain: eight samples of 6 KiB, one somewhere in each eighth and the first at the beginning, do not
 * become smaller. Never of what is shorter than 192 KiB.
 */
export function isIncompressible(plain: Uint8Array): boolean {
  if (plain.length < PROBED_FROM) return false;
  const part = plain.length / PROBES;
  for (let probe = 0; probe < PROBES; probe++) {
    const at = Math.floor(probe * part + ((probe ** 2 * GOLDEN) % 1) * (part - PROBE));
    if (compressInto(ownScratch, plain.subarray(at, at + PROBE)).length < PROBE) return false;
  }
  return true;
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
  const number = (length: number): number => {
    let value = 0;
    for (let byte = length - 1; byte >= 0; byte--) value = value * 256 + (frame[at + byte] ?? 0);
    return value;
  };
  switch (descriptor >> 6) {
    case 0:
      return single ? frame[at] : undefined;
    case 1:
      return number(2) + 256;
    case 2:
      return number(4);
    default:
      return number(8);
  }
}
