/**
 * Opens blobs of a part of a pack and writes them into files, which are made and finished when all their
 * blobs are here.
 *
 * Lists of numbers lie in typed arrays: objects would cost a message between threads more than the work.
 */
import { closeSync } from 'node:fs';
import type { Inlet } from '@octobox/storage';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import { finishFile, type PlainMetadata } from './new-file.ts';
import {
  makeFile,
  openForWriting,
  pathBytes,
  type SystemFailure,
  systemFailure,
  writeAll,
} from './open-file.ts';
import { openPart } from './open-part.ts';
import { piecesWithData } from './sparse.ts';

/** The bytes, or where a thread can read them by itself. */
export type PackPart =
  | { readonly bytes: Uint8Array }
  | { readonly inlet: Inlet; readonly offset: number; readonly length: number };

export interface WriteJob {
  readonly kind: 'write';
  /** Part of a pack. */
  readonly from: PackPart;
  /** 32 bytes for each blob. */
  readonly ids: Uint8Array;
  /** For each blob: where it begins in the part, its length, that of the plain blob when it is compressed or 0, and how many targets it has. */
  readonly blobs: Uint32Array;
  /** For each target: an index into `paths`, and the offset in that file. */
  readonly targets: Float64Array;
  readonly paths: readonly string[];
  /** For each path: one of `Making`, mode, uid, gid. */
  readonly making: Uint32Array;
  /** For each path: accessed and modified, in nanoseconds. */
  readonly times: BigInt64Array;
  /** Leaves zeros out: the files have their size already. */
  readonly sparse: boolean;
}

export interface WriteResult {
  /** Blobs that are not what they should be; none of their targets was written. */
  readonly damaged: readonly { readonly blob: number; readonly message: string }[];
  /** Files that could not be written. */
  readonly failed: readonly { readonly path: number; readonly error: SystemFailure }[];
  /** 1 for each path whose file has all its metadata. */
  readonly finished: Uint8Array;
}

/** What is to be done with a path besides writing. */
const [IS_THERE, IS_MADE, IS_FINISHED, GETS_OWNER] = [0, 1, 2, 3];

/** Gathers a job. */
export class WriteJobBuilder {
  readonly #paths: string[] = [];
  readonly #making: number[] = [];
  readonly #times: bigint[] = [];
  readonly #blobs: number[] = [];
  readonly #targets: number[] = [];
  readonly #ids: Uint8Array[] = [];

  /** @param make undefined when the file is there already */
  path(path: string, make: { readonly metadata: PlainMetadata | undefined } | undefined): number {
    const metadata = make?.metadata;
    let what = IS_THERE;
    if (metadata !== undefined) what = metadata.setsOwner ? GETS_OWNER : IS_FINISHED;
    else if (make !== undefined) what = IS_MADE;
    this.#making.push(what as number, metadata?.mode ?? 0, metadata?.uid ?? 0, metadata?.gid ?? 0);
    this.#times.push(metadata?.accessed ?? 0n, metadata?.modified ?? 0n);
    return this.#paths.push(path) - 1;
  }

  blob(id: Uint8Array, start: number, length: number, plainLength: number): void {
    this.#ids.push(id);
    this.#blobs.push(start, length, plainLength, 0);
  }

  /** A target of the blob that was added last. */
  target(path: number, offset: number): void {
    this.#targets.push(path, offset);
    const last = this.#blobs.length - 1;
    this.#blobs[last] = (this.#blobs[last] as number) + 1;
  }

  job(from: PackPart, sparse: boolean): WriteJob {
    return {
      kind: 'write',
      from,
      ids: Buffer.concat(this.#ids),
      blobs: Uint32Array.from(this.#blobs),
      targets: Float64Array.from(this.#targets),
      paths: this.#paths,
      making: Uint32Array.from(this.#making),
      times: BigInt64Array.from(this.#times),
      sparse,
    };
  }
}

/** @param bytes the part of the pack */
export function runWrite(keys: MasterKey, job: WriteJob, bytes: Uint8Array): WriteResult {
  const damaged: { blob: number; message: string }[] = [];
  using files = new JobFiles(job);
  let target = 0;
  openPart(keys, job, bytes, (blob, plain, problem) => {
    if (problem !== undefined) damaged.push({ blob, message: problem });
    for (const end = target + (job.blobs[blob * 4 + 3] as number) * 2; target < end; target += 2) {
      files.write(job.targets[target] as number, plain, job.targets[target + 1] as number);
    }
  });
  return { damaged, failed: files.failed, finished: files.finished };
}

type Three = [number, number, number];

/** The files of one job: each is open from the first write to the last. */
class JobFiles implements Disposable {
  readonly failed: { path: number; error: SystemFailure }[] = [];
  readonly finished: Uint8Array;
  readonly #job: WriteJob;
  readonly #open = new Map<number, number>();
  /** Writes that are still to come, for each path. */
  readonly #left: Uint32Array;
  /** 1 for each path that has failed or lacks something. */
  readonly #spoiled: Uint8Array;

  constructor(job: WriteJob) {
    this.#job = job;
    this.finished = new Uint8Array(job.paths.length);
    this.#spoiled = new Uint8Array(job.paths.length);
    this.#left = new Uint32Array(job.paths.length);
    for (let target = 0; target < job.targets.length; target += 2) {
      const path = job.targets[target] as number;
      this.#left[path] = (this.#left[path] as number) + 1;
    }
  }

  /** @param plain undefined when it cannot be had: somebody else will write it */
  write(path: number, plain: Buffer | undefined, offset: number): void {
    let file: number | undefined;
    try {
      if (plain === undefined) this.#spoiled[path] = 1;
      file = this.#fileOf(path);
      if (file !== undefined && plain !== undefined) writePlain(file, plain, offset, this.#job.sparse);
    } catch (error) {
      this.#spoiled[path] = 1;
      if (!this.failed.some((failure) => failure.path === path))
        this.failed.push({ path, error: systemFailure(error) });
    }
    this.#left[path] = (this.#left[path] as number) - 1;
    if (this.#left[path] !== 0) return;
    file = this.#open.get(path);
    if (file === undefined) return;
    if (this.#spoiled[path] === 0) this.#finish(path, file);
    this.#open.delete(path);
    closeSync(file);
  }

  [Symbol.dispose](): void {
    for (const file of this.#open.values()) closeSync(file);
  }

  #fileOf(path: number): number | undefined {
    const open = this.#open.get(path);
    if (open !== undefined) return open;
    const name = pathBytes(this.#job.paths[path] as string);
    const file = this.#job.making[path * 4] === IS_THERE ? openForWriting(name) : makeFile(name);
    this.#open.set(path, file);
    return file;
  }

  #finish(path: number, file: number): void {
    const { making, times } = this.#job;
    const what = making[path * 4];
    if (what !== IS_FINISHED && what !== GETS_OWNER) return;
    const [mode, uid, gid] = [making[path * 4 + 1], making[path * 4 + 2], making[path * 4 + 3]] as Three;
    const [accessed, modified] = [times[path * 2], times[path * 2 + 1]] as [bigint, bigint];
    const owner = what === GETS_OWNER ? { uid, gid } : undefined;
    if (finishFile(file, mode, owner, accessed, modified)) this.finished[path] = 1;
  }
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
