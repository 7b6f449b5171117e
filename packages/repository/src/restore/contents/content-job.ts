/**
 * The heavy work of a restore, as jobs that any thread can do: opening blobs, writing them into files, and
 * comparing files with the blobs they should hold.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { release } from '@octobox/storage/release';
import { blobId } from '../../format/blob.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import { pathBytes } from './open-file.ts';
import { runWrite, type WriteJob, type WriteResult } from './write-job.ts';

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
/** 'unread' when the part of the pack could not be read: nothing was done then. */
export type ResultOf<J extends ContentJob> = J extends WriteJob ? WriteResult | 'unread' : CompareResult;

/** What a job brings along. */
export const bytesOf = (job: ContentJob): Uint8Array | undefined =>
  job.kind === 'write' && 'bytes' in job.from ? job.from.bytes : undefined;

/**
 * Those that the job brought along are gone afterwards.
 * @param bytes that a job which writes is about; undefined when they could not be read
 */
export function runJob(
  keys: MasterKey,
  job: ContentJob,
  bytes: Uint8Array | undefined,
): ResultOf<WriteJob> | CompareResult {
  if (job.kind === 'compare') return runCompare(job);
  if (bytes === undefined) return 'unread';
  try {
    return runWrite(keys, job, bytes);
  } finally {
    if ('bytes' in job.from) release(job.from.bytes);
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
