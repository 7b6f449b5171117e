/**
 * Blobs as packs hold them: the plain bytes, compressed or not, sealed. A blob is named by the SHA-256 of its
 * plain bytes together with its type. Pure functions of their arguments, for any thread.
 */
import { createHash, hash } from 'node:crypto';
import { FormatError } from '../errors.ts';
import { type Room, Scratch } from '../runtime/scratch.ts';
import { type MasterKey, NONCE, open, openPassing, seal, sealInPlace, sealInto } from './sealing/crypto.ts';
import {
  type CompressionMode,
  compressInto,
  decompress,
  decompressInto,
  decompressPassing,
  isIncompressible,
} from './zstd/compression.ts';
import type { CompressionHabit } from './zstd/compression-habit.ts';

export type BlobType = 'data' | 'tree';

export interface SealedBlob {
  readonly sealed: Buffer;
  /** bytes of the plain blob when it was compressed, 0 when it was not */
  readonly uncompressedLength: number;
}

export interface SealOptions {
  readonly mode?: CompressionMode | undefined;
  readonly version?: 1 | 2 | undefined;
  /** Where the sealed bytes are to lie; in memory of their own when absent. */
  readonly scratch?: Scratch | undefined;
  /** Of the stream that the blob comes from; it is heard where the mode is 'auto'. */
  readonly habit?: CompressionHabit | undefined;
}

/** 32 bytes. A string on the way costs half of a hash in memory of its own. */
export const blobId = (plain: Uint8Array): Buffer => Buffer.from(hash('sha256', plain, 'binary'), 'latin1');

/**
 * Compresses and encrypts a blob. In format version 2 trees are always compressed, data unless `mode` is
 * 'off' or it is seen that compressing would be in vain; version 1 knows no compression.
 */
export function sealBlob(
  keys: MasterKey,
  type: BlobType,
  plain: Uint8Array,
  options: SealOptions = {},
): SealedBlob {
  const { mode = 'auto', version = 2, scratch, habit } = options;
  // An uncompressed length of 0 means "not compressed", so an empty blob cannot be compressed.
  const raw =
    version === 1 || plain.length === 0 || (type === 'data' && (mode === 'off' || isIncompressible(plain)));
  if (raw) {
    const sealed = scratch === undefined ? seal(keys, plain) : sealInto(scratch, keys, plain);
    return { sealed, uncompressedLength: 0 };
  }
  const way = mode === 'auto' ? (habit?.wayFor(plain) ?? mode) : mode;
  const compressed = compressInto(scratch ?? stored, plain, way, NONCE);
  const sealed = scratch?.holds(compressed) ? sealInPlace(keys, compressed) : seal(keys, compressed);
  return { sealed, uncompressedLength: plain.length };
}

/** Opens a blob and checks that it is the one named. Throws `FormatError` or `UnauthenticatedError`. */
export function openBlob(
  keys: MasterKey,
  id: Uint8Array,
  sealed: Uint8Array,
  uncompressedLength: number,
): Buffer {
  const isRaw = uncompressedLength === 0;
  const bytes = open(keys, sealed, isRaw ? undefined : stored);
  const plain = isRaw ? bytes : decompress(bytes, uncompressedLength);
  assertIdentity(id, plain, uncompressedLength);
  return plain;
}

function assertIdentity(id: Uint8Array, plain: Uint8Array, uncompressedLength: number): void {
  if (uncompressedLength !== 0) assertLength(plain, uncompressedLength);
  // Two strings cost a third of a hash in memory of its own, which the collector would have to follow.
  if (hash('sha256', plain) !== hexId(id)) throw new FormatError(UNLIKE_ITS_NAME);
}

function assertLength(plain: Uint8Array, length: number): void {
  if (plain.length !== length) throw new FormatError(`it holds ${plain.length} bytes, not ${length}`);
}

export const UNLIKE_ITS_NAME = 'its content does not match its name';

const hexId = (id: Uint8Array): string =>
  (Buffer.isBuffer(id) ? id : Buffer.from(id.buffer, id.byteOffset, id.byteLength)).toString('hex');

/** What a thread works on for a moment: a blob as it is stored before it is encrypted, and what it holds. */
const stored = new Scratch();
const unpacked = new Scratch();

/** As `openBlob`, for a moment: the bytes last until this thread works on another blob. */
export function lookIntoBlob(
  keys: MasterKey,
  id: Uint8Array,
  sealed: Uint8Array,
  uncompressedLength: number,
): Buffer {
  const bytes = open(keys, sealed, stored);
  const plain = uncompressedLength === 0 ? bytes : decompressInto(unpacked, bytes, uncompressedLength);
  assertIdentity(id, plain, uncompressedLength);
  return plain;
}

/** As `openBlob`, but does not look whether it is the one named: that is left to the caller, as is where it lies. */
export function unpackBlob(
  keys: MasterKey,
  sealed: Uint8Array,
  uncompressedLength: number,
  into: Room,
): Buffer {
  if (uncompressedLength === 0) return open(keys, sealed, into);
  const plain = decompressInto(into, open(keys, sealed, stored), uncompressedLength);
  assertLength(plain, uncompressedLength);
  return plain;
}

/**
 * Proves that a sealed blob gives its plain bytes back, before it is written: defective memory and faulty
 * compressors have destroyed backups that were never looked at (restic issues 4523 and 4677).
 */
export function verifySealed(keys: MasterKey, id: Uint8Array, blob: SealedBlob): void {
  try {
    assertSound(keys, id, blob.sealed, blob.uncompressedLength);
  } catch (cause) {
    throw unlikeSealed(cause);
  }
}

/** From here on another copy of the plain bytes costs more than a hash that is fed in pieces. */
const LARGE = 64 * 1024;
/** The same of what has to be decompressed; smaller ones take up to 4 % longer in pieces. */
const LARGE_COMPRESSED = 2 * 1024 * 1024;

/** Throws as `openBlob` when the blob is not the one named; for who does not want its bytes. */
export function assertSound(
  keys: MasterKey,
  id: Uint8Array,
  sealed: Uint8Array,
  uncompressedLength: number,
): void {
  if (uncompressedLength === 0 ? sealed.length <= LARGE : uncompressedLength <= LARGE_COMPRESSED)
    lookIntoBlob(keys, id, sealed, uncompressedLength);
  else if (uncompressedLength === 0) assertRaw(keys, id, sealed);
  // What is wrong with it, if anything is, the other way tells.
  else if (!isSoundPassing(keys, id, sealed, uncompressedLength))
    lookIntoBlob(keys, id, sealed, uncompressedLength);
}

function assertRaw(keys: MasterKey, id: Uint8Array, sealed: Uint8Array): void {
  const digest = createHash('sha256');
  for (const piece of openPassing(keys, sealed)) digest.update(piece);
  if (!digest.digest().equals(id)) throw new FormatError(UNLIKE_ITS_NAME);
}

/** Nothing of the blob is in memory a second time. Throws when it is not authentic. */
function isSoundPassing(
  keys: MasterKey,
  id: Uint8Array,
  sealed: Uint8Array,
  uncompressedLength: number,
): boolean {
  const digest = createHash('sha256');
  const isWhole = decompressPassing(openPassing(keys, sealed), uncompressedLength, (piece) =>
    digest.update(piece),
  );
  return isWhole && digest.digest().equals(id);
}

export const unlikeSealed = (cause: unknown): FormatError =>
  new FormatError('a blob was not the same after it was compressed and encrypted, so it was not stored', {
    cause,
    advice: "Test this machine's memory: its hardware is probably defective.",
  });
