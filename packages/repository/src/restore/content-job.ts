/**
 * The heavy work of a restore, as jobs that any thread can do: opening blobs and writing them into files, and
 * comparing files with the blobs they should hold.
 *
 * Paths are byte strings (latin1), because a message between threads carries strings cheaply and file names
 * need not be UTF-8.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { blobId, lookIntoBlob } from '../format/blob.ts';
import type { MasterKey } from '../format/crypto.ts';
import { release } from '../format/release.ts';
import { openForWriting } from './open-file.ts';
import { piecesWithData } from './sparse.ts';

export interface JobBlob {
  /** hex */
  readonly id: string;
  /** bytes from the start of the pack */
  readonly offset: number;
  /** bytes as stored */
  readonly length: number;
  /** bytes of the plain blob when it is compressed, else 0 */
  readonly uncompressedLength: number;
  /** Pairs: an index into the job's paths, and the offset in that file. */
  readonly targets: readonly number[];
}

export interface WriteJob {
  readonly kind: 'write';
  /** Part of a pack. */
  readonly bytes: Uint8Array;
  /** Where in the pack `bytes` begins. */
  readonly start: number;
  readonly blobs: readonly JobBlob[];
  readonly paths: readonly string[];
  /** Leaves zeros out: the files have their size already. */
  readonly sparse: boolean;
}

export interface WriteResult {
  /** Blobs that are not what they should be; none of their targets was written. */
  readonly damaged: readonly { readonly blob: number; readonly message: string }[];
  /** Files that could not be written. */
  readonly failed: readonly { readonly path: number; readonly error: SystemFailure }[];
}

/** What a system error says, for it cannot be sent between threads as it is. */
export interface SystemFailure {
  readonly message: string;
  readonly code: string | undefined;
}

export interface CompareJob {
  readonly kind: 'compare';
  readonly path: string;
  /** 32 bytes for each blob, one behind another. */
  readonly ids: Uint8Array;
  /** Plain lengths of the blobs. */
  readonly lengths: readonly number[];
}

export interface CompareResult {
  /** 1 for each blob that the file holds where it should be. */
  readonly matches: Uint8Array;
  /** Bytes; -1 when the file could not be read. */
  readonly size: number;
}

export type ContentJob = WriteJob | CompareJob;
export type ResultOf<J extends ContentJob> = J extends WriteJob ? WriteResult : CompareResult;

export const pathBytes = (path: string): Buffer => Buffer.from(path, 'latin1');
export const pathText = (path: Buffer): string => path.toString('latin1');

/** The `bytes` of the job are gone afterwards. */
export function runJob(keys: MasterKey, job: ContentJob): WriteResult | CompareResult {
  if (job.kind === 'compare') return runCompare(job);
  try {
    return runWrite(keys, job);
  } finally {
    release(job.bytes);
  }
}

/** The result lasts until the next blob. Throws when the blob is damaged. */
function openFrom(keys: MasterKey, job: WriteJob, blob: Omit<JobBlob, 'targets'>): Buffer {
  const at = blob.offset - job.start;
  return lookIntoBlob(
    keys,
    Buffer.from(blob.id, 'hex'),
    job.bytes.subarray(at, at + blob.length),
    blob.uncompressedLength,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function runWrite(keys: MasterKey, job: WriteJob): WriteResult {
  const damaged: { blob: number; message: string }[] = [];
  const failed = new Map<number, SystemFailure>();
  const files = new Map<number, number>();
  const left = writesEach(job);
  const fileAt = (path: number): number => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const file = openForWriting(pathBytes(job.paths[path] as string));
    files.set(path, file);
    return file;
  };
  try {
    for (const [number, blob] of job.blobs.entries()) {
      let plain: Buffer;
      try {
        plain = openFrom(keys, job, blob);
      } catch (error) {
        damaged.push({ blob: number, message: messageOf(error) });
        continue;
      }
      for (let target = 0; target < blob.targets.length; target += 2) {
        const path = blob.targets[target] as number;
        if (failed.has(path)) continue;
        try {
          writePlain(fileAt(path), plain, blob.targets[target + 1] as number, job.sparse);
        } catch (error) {
          failed.set(path, systemFailure(error));
        }
        const file = files.get(path);
        if (--(left[path] as number) > 0 || file === undefined) continue;
        files.delete(path);
        closeSync(file);
      }
    }
  } finally {
    for (const file of files.values()) closeSync(file);
  }
  return { damaged, failed: [...failed].map(([path, error]) => ({ path, error })) };
}

/** How often each of the paths is written to. */
function writesEach({ blobs, paths }: WriteJob): Uint32Array {
  const writes = new Uint32Array(paths.length);
  for (const { targets } of blobs) {
    for (let target = 0; target < targets.length; target += 2) {
      const path = targets[target] as number;
      writes[path] = (writes[path] as number) + 1;
    }
  }
  return writes;
}

export function systemFailure(error: unknown): SystemFailure {
  if (!(error instanceof Error)) return { message: String(error), code: undefined };
  return { message: error.message, code: 'code' in error ? String(error.code) : undefined };
}

function writePlain(file: number, plain: Buffer, offset: number, sparse: boolean): void {
  if (!sparse) {
    writeAll(file, plain, offset);
    return;
  }
  for (const [start, end] of piecesWithData(plain, offset)) {
    writeAll(file, plain.subarray(start, end), offset + start);
  }
}

export function writeAll(file: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done);
  }
}

function runCompare(job: CompareJob): CompareResult {
  const matches = new Uint8Array(job.lengths.length);
  let file: number;
  try {
    file = openSync(pathBytes(job.path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { matches, size: -1 };
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { matches, size: -1 };
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, ...job.lengths));
    let offset = 0;
    for (const [number, length] of job.lengths.entries()) {
      if (offset + length > stat.size) break;
      if (readAll(file, buffer, length, offset)) {
        const id = job.ids.subarray(number * 32, number * 32 + 32);
        matches[number] = blobId(buffer.subarray(0, length)).equals(id) ? 1 : 0;
      }
      offset += length;
    }
    return { matches, size: stat.size };
  } finally {
    closeSync(file);
  }
}

/** False when the file ends before. */
function readAll(file: number, buffer: Buffer, length: number, offset: number): boolean {
  for (let done = 0; done < length; ) {
    const size = readSync(file, buffer, done, length - done, offset + done);
    if (size === 0) return false;
    done += size;
  }
  return true;
}
