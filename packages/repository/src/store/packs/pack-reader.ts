/** Reads packs: their headers, and many blobs of one pack with few ranged reads. */
import type { Storage, StorageOptions, StoredFile } from '@octobox/storage';
import { isDamage } from '@octobox/storage/errors';
import { DamagedFileError, FormatError } from '../../errors.ts';
import { openBlob } from '../../format/blob.ts';
import {
  decodePackHeader,
  EAGER_READ,
  HEADER_LENGTH_BYTES,
  MIN_PACK,
  type PackedBlob,
  packHeaderEntries,
  sealedHeaderLength,
} from '../../format/pack-header.ts';
import { type MasterKey, open } from '../../format/sealing/crypto.ts';
import { interpret } from '../stored-file.ts';

export interface PackReaderParts {
  readonly storage: Pick<Storage, 'read'>;
  readonly keys: MasterKey;
}

const dataFile = (pack: string): StoredFile => ({ kind: 'data', name: pack });

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * The blobs of a pack as its own header names them. `size` is the file's length as listed.
 * Throws `DamagedFileError` when the header is damaged or does not account for every byte of the file.
 */
export async function readPackHeader(
  parts: PackReaderParts,
  pack: string,
  size: number,
  options?: StorageOptions,
): Promise<PackedBlob[]> {
  const file = dataFile(pack);
  const { header, start } = await openPackHeader(parts, pack, size, options);
  const blobs = interpret(file, () => decodePackHeader(header));
  const last = blobs.at(-1);
  assertNoGap(file, last === undefined ? 0 : last.offset + last.length, start);
  return blobs;
}

/** As `readPackHeader`, for packs of very many blobs: `visit` gets one after another, and keeps no `id`. */
export async function visitPackHeader(
  parts: PackReaderParts,
  pack: string,
  size: number,
  visit: (blob: PackedBlob) => void,
  options?: StorageOptions,
): Promise<void> {
  const file = dataFile(pack);
  const { header, start } = await openPackHeader(parts, pack, size, options);
  let described = 0;
  interpret(file, () => {
    for (const blob of packHeaderEntries(header)) {
      visit(blob);
      described = blob.offset + blob.length;
    }
  });
  assertNoGap(file, described, start);
}

function assertNoGap(file: StoredFile, described: number, start: number): void {
  if (described === start) return;
  throw new DamagedFileError(
    file,
    `its header describes ${described} bytes of blobs, but there are ${start}`,
  );
}

/** The plain header, and where the sealed one begins in the file. */
async function openPackHeader(
  { storage, keys }: PackReaderParts,
  pack: string,
  size: number,
  options: StorageOptions | undefined,
): Promise<{ readonly header: Buffer; readonly start: number }> {
  const file = dataFile(pack);
  if (size < MIN_PACK) throw new DamagedFileError(file, `${size} bytes are too short for a pack`);
  const eager = Math.min(EAGER_READ, size);
  const end = asBuffer(await readExactly(storage, file, size - eager, eager, options));
  const length = interpret(file, () => sealedHeaderLength(end, size));
  const start = size - HEADER_LENGTH_BYTES - length;
  const sealed =
    length + HEADER_LENGTH_BYTES <= eager
      ? end.subarray(eager - HEADER_LENGTH_BYTES - length, eager - HEADER_LENGTH_BYTES)
      : await readExactly(storage, file, start, length, options);
  return { header: interpret(file, () => open(keys, sealed)), start };
}

export interface ReadBlobsOptions extends StorageOptions {
  /** Bytes between two wanted blobs that are read and thrown away rather than starting another read. */
  readonly maxGap?: number;
  /** A read is not made longer than this by joining blobs. */
  readonly maxRead?: number;
}

export type ReadBlob<B extends PackedBlob = PackedBlob> = { readonly blob: B } & (
  | {
      readonly plain: Buffer;
      /** As it lies in the pack. */
      readonly sealed: Buffer;
      readonly error?: undefined;
    }
  | { readonly plain?: undefined; readonly sealed?: undefined; readonly error: DamagedFileError }
);

/**
 * Reads, opens and verifies blobs of one pack, in the order of their offsets. A blob that is damaged comes with
 * its error, so that the caller may look for another copy; a pack that cannot be read rejects.
 */
export async function* readBlobs<B extends PackedBlob>(
  { storage, keys }: PackReaderParts,
  pack: string,
  wanted: Iterable<B>,
  { maxGap = 128 * 1024, maxRead = 8 * 1024 * 1024, signal }: ReadBlobsOptions = {},
): AsyncGenerator<ReadBlob<B>> {
  const file = dataFile(pack);
  for (const run of joinRuns([...wanted], maxGap, maxRead)) {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await storage.read(file, { offset: run.offset, length: run.length }, { signal });
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      // The file is cut off, or damaged within a layer: what is sound can be read one by one.
      if (run.blobs.length > 1) {
        for (const blob of run.blobs) yield* readBlobs({ storage, keys }, pack, [blob], { signal });
        continue;
      }
      for (const blob of run.blobs)
        yield { blob, error: new DamagedFileError(file, cause.message, { cause }) };
      continue;
    }
    for (const blob of run.blobs) yield openFrom(keys, file, blob, bytes.subarray(blob.offset - run.offset));
  }
}

function openFrom<B extends PackedBlob>(
  keys: MasterKey,
  file: StoredFile,
  blob: B,
  bytes: Uint8Array,
): ReadBlob<B> {
  try {
    const sealed = asBuffer(bytes.subarray(0, blob.length));
    return { blob, sealed, plain: openBlob(keys, blob.id, sealed, blob.uncompressedLength) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const what = `${blob.type} blob ${blob.id.toString('hex')} (${blob.length} bytes at ${blob.offset})`;
    return { blob, error: new DamagedFileError(file, `${what}: ${reason}`, { cause }) };
  }
}

interface Run<B> {
  readonly offset: number;
  length: number;
  readonly blobs: B[];
}

function joinRuns<B extends PackedBlob>(blobs: B[], maxGap: number, maxRead: number): Run<B>[] {
  const runs: Run<B>[] = [];
  for (const blob of blobs.sort((a, b) => a.offset - b.offset)) {
    const run = runs.at(-1);
    const end = blob.offset + blob.length;
    if (
      run !== undefined &&
      blob.offset - (run.offset + run.length) <= maxGap &&
      end - run.offset <= maxRead
    ) {
      run.length = Math.max(run.length, end - run.offset);
      run.blobs.push(blob);
    } else {
      runs.push({ offset: blob.offset, length: blob.length, blobs: [blob] });
    }
  }
  return runs;
}

async function readExactly(
  storage: Pick<Storage, 'read'>,
  file: StoredFile,
  offset: number,
  length: number,
  options?: StorageOptions,
): Promise<Uint8Array> {
  try {
    return await storage.read(file, { offset, length }, options);
  } catch (cause) {
    if (isDamage(cause) || cause instanceof FormatError) {
      throw new DamagedFileError(file, cause.message, { cause });
    }
    throw cause;
  }
}
