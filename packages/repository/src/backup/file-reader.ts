/**
 * Has the contents of files read and stored by the workers: small files in batches, larger ones alone, the largest
 * cut ahead by one worker while all store the pieces.
 */
import { closeSync } from 'node:fs';
import { type FileStat, kindOf, statOpenFile } from '../filesystem/file-stat.ts';
import { openForReading } from '../filesystem/open-for-reading.ts';
import { type BytePath, toBytes, toText } from './listing/byte-path.ts';
import type { Tally } from './tally.ts';
import { countIn, type NewBlobs, noBlobs } from './threads/new-blobs.ts';
import type { FileRead, ReadFailure } from './threads/worker-messages.ts';
import type { WorkerPool } from './threads/worker-pool.ts';

const BATCH_FILES = 48;
const BATCH_BYTES = 4n * 1024n * 1024n;
/** From this size on a file is shared between the workers. */
const LARGE = 15n * 1024n * 1024n;
/** How far one worker looks for cuts before the others have stored what it found. */
const CUT_AHEAD = 32 * 1024 * 1024;
const PIECES_BYTES = 4 * 1024 * 1024;

interface Request {
  readonly path: BytePath;
  readonly stat: FileStat;
  readonly done: (result: FileRead | ReadFailure) => void;
}

export class FileReader {
  readonly #pool: WorkerPool;
  readonly #tally: Tally;
  readonly #fail: (error: unknown) => void;
  #batch: Request[] = [];
  #batchBytes = 0n;
  #large = 0;

  constructor(pool: WorkerPool, tally: Tally, fail: (error: unknown) => void) {
    this.#pool = pool;
    this.#tally = tally;
    this.#fail = fail;
  }

  /** Large files that are being read. */
  get largeFiles(): number {
    return this.#large;
  }

  /** `done` is called later, once. Nothing waits for ever only if `flush` is called before waiting. */
  read(request: Request): void {
    if (request.stat.size >= LARGE) {
      this.#readLarge(request).catch(this.#fail);
      return;
    }
    this.#batch.push(request);
    this.#batchBytes += request.stat.size;
    if (this.#batch.length >= BATCH_FILES || this.#batchBytes >= BATCH_BYTES) this.flush();
  }

  /** Sends what is gathered although the batch is not full. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0n;
    const files = batch.map(({ path, stat }) => ({ path, stat }));
    this.#pool
      .run({ kind: 'files', files })
      .then(({ files: results, ids, fresh }) => {
        this.#tally.addBlobs('data', fresh);
        let at = 0;
        for (const [i, result] of results.entries()) {
          if ('size' in result) {
            this.#tally.bytesDone += result.size;
            const end = at + result.blobs * 32;
            batch[i]?.done({ ...result, ids: ids.subarray(at, end) });
            at = end;
          } else {
            batch[i]?.done(result);
          }
        }
        this.#tally.report();
      })
      .catch(this.#fail);
  }

  async #readLarge({ path, stat, done }: Request): Promise<void> {
    const shown = toText(path);
    this.#large++;
    this.#tally.current.add(shown);
    try {
      done(await this.#readShared(path, stat));
    } finally {
      this.#large--;
      this.#tally.current.delete(shown);
    }
  }

  async #readShared(path: BytePath, expected: FileStat): Promise<FileRead | ReadFailure> {
    let file: number;
    try {
      // All threads of a process share its open files, so that the workers read this very file.
      file = openForReading(toBytes(path));
    } catch (error) {
      return asFailure(error);
    }
    try {
      const before = statOpenFile(file);
      if (kindOf(before) !== 'file')
        return { code: 'CHANGED_TYPE', message: 'it is no longer a regular file' };
      const { ids, size, fresh } = await this.#storePieces(file);
      const after = statOpenFile(file);
      const changed =
        after.size !== before.size ||
        after.modified !== before.modified ||
        after.links === 0n ||
        BigInt(size) !== before.size;
      const same = before.inode === expected.inode && before.changed === expected.changed;
      return { ids: Buffer.concat(ids), size, changed, stat: same ? undefined : before, fresh };
    } finally {
      closeSync(file);
    }
  }

  async #storePieces(file: number): Promise<{ ids: Uint8Array[]; size: number; fresh: NewBlobs }> {
    const groups: { ids: Uint8Array; size: number; isShort: boolean }[] = [];
    const running = new Set<Promise<void>>();
    const fresh = noBlobs();
    let isShorter = false;
    const store = (at: number, from: number, lengths: number[]): void => {
      const expected = lengths.reduce((sum, length) => sum + length, 0);
      const done = this.#pool.run({ kind: 'pieces', file, from, lengths }, true).then((stored) => {
        const isShort = stored.size < expected;
        groups[at] = { ids: stored.ids, size: stored.size, isShort };
        isShorter ||= isShort;
        this.#tally.addBlobs('data', stored.fresh);
        countIn(fresh, stored.fresh);
        this.#tally.bytesDone += stored.size;
        this.#tally.report();
      });
      const tracked = done.finally(() => running.delete(tracked));
      running.add(tracked);
    };
    try {
      for (let from = 0, atEnd = false, count = 0; !atEnd && !isShorter; ) {
        const cuts = await this.#pool.run({ kind: 'cuts', file, from, atLeast: CUT_AHEAD }, true);
        atEnd = cuts.atEnd;
        for (const lengths of groupBySize(cuts.lengths)) {
          store(count++, from, lengths);
          from += lengths.reduce((sum, length) => sum + length, 0);
        }
        // The next cuts are looked for while the last of these pieces are stored.
        while (running.size > 2 * this.#pool.size) await Promise.race(running);
      }
      await Promise.all(running);
    } catch (error) {
      // The file must stay open until no worker reads it any more.
      await Promise.allSettled(running);
      throw error;
    }
    // Where a shrinking file ended for the first time is the end: what was read behind it would leave a gap.
    const end = groups.findIndex(({ isShort }) => isShort);
    const whole = end === -1 ? groups : groups.slice(0, end + 1);
    return { ids: whole.map(({ ids }) => ids), size: whole.reduce((sum, { size }) => sum + size, 0), fresh };
  }
}

function groupBySize(lengths: readonly number[]): number[][] {
  const groups: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const length of lengths) {
    if (bytes + length > PIECES_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(length);
    bytes += length;
  }
  return groups;
}

function asFailure(error: unknown): ReadFailure {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return { code: String(error.code), message: error.message };
}
