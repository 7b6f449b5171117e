/** Blobs that are too large to be held plain: trees of very large folders. */
import { createHash } from 'node:crypto';
import type { Storage, StorageOptions } from '@octobox/storage';
import { BlobMissingError, DamagedFileError, FormatError } from '../../errors.ts';
import type { BlobType } from '../../format/blob.ts';
import { type MasterKey, openInPieces } from '../../format/sealing/crypto.ts';
import { decompressPieces } from '../../format/zstd/compression.ts';
import type { BlobLocation } from '../index/blob-table.ts';

export interface BlobStreamSource {
  readonly storage: Storage;
  readonly keys: MasterKey;
  lookup(type: BlobType, id: Buffer): BlobLocation[];
}

const PIECE = 128 * 1024;

/**
 * The plain bytes of a blob piece by piece. It is proved whole before this resolves: nothing that comes out is in
 * doubt, for the price of decompressing it twice. Only its stored bytes are held. Every copy is tried; throws as
 * `Repository.loadBlob`.
 */
export async function streamBlob(
  source: BlobStreamSource,
  type: BlobType,
  id: Buffer,
  options: StorageOptions = {},
): Promise<AsyncGenerator<Buffer, void, void>> {
  let failure: unknown;
  for (const location of source.lookup(type, id)) {
    options.signal?.throwIfAborted();
    try {
      const sealed = await source.storage.read(
        { kind: 'data', name: location.pack },
        { offset: location.offset, length: location.length },
        options,
      );
      await prove(source.keys, type, id, sealed, location);
      return plainPieces(source.keys, sealed, location.uncompressedLength);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure ?? new BlobMissingError(type, id.toString('hex'));
}

async function prove(
  keys: MasterKey,
  type: BlobType,
  id: Buffer,
  sealed: Uint8Array,
  { pack, offset, length, uncompressedLength }: BlobLocation,
): Promise<void> {
  try {
    const hash = createHash('sha256');
    for await (const piece of plainPieces(keys, sealed, uncompressedLength)) hash.update(piece);
    if (!hash.digest().equals(id)) throw new FormatError('its content does not match its name');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const what = `${type} blob ${id.toString('hex')} (${length} bytes at ${offset})`;
    throw new DamagedFileError({ kind: 'data', name: pack }, `${what}: ${reason}`, { cause });
  }
}

async function* plainPieces(
  keys: MasterKey,
  sealed: Uint8Array,
  uncompressedLength: number,
): AsyncGenerator<Buffer, void, void> {
  const stored = openedPieces(keys, sealed);
  if (uncompressedLength === 0) yield* stored;
  else yield* decompressPieces(stored);
}

function* openedPieces(keys: MasterKey, sealed: Uint8Array): Generator<Buffer, void, void> {
  const next = openInPieces(keys, sealed);
  for (let piece = next(PIECE); piece.length > 0; piece = next(PIECE)) yield piece;
}
