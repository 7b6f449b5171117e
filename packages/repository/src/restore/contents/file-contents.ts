/**
 * Brings the contents of a batch of files into the target: compares what is there, makes room, reads the missing
 * blobs pack by pack, has them written, and reads the files back when asked to.
 */
import { closeSync } from 'node:fs';
import { RepositoryError } from '../../errors.ts';
import { forEachLimited } from '../../runtime/limited.ts';
import type { Repository } from '../../store/repository.ts';
import { TargetFailedError, VerificationError } from '../restore-errors.ts';
import type { RestoreReport } from '../restore-report.ts';
import { prepareFile } from '../target/target-folder.ts';
import type { TargetFolder } from '../target/target-folders.ts';
import type { CompareResult } from './content-job.ts';
import type { ContentPool } from './content-pool.ts';
import type { FilePart, FileRestore } from './file-restore.ts';
import { makeEmptyFile } from './new-file.ts';
import { openForWriting, pathText, type SystemFailure, systemFailure, writeAll } from './open-file.ts';
import { planReads, type ReadRange } from './read-plan.ts';
import { type PackPart, WriteJobBuilder, type WriteResult } from './write-job.ts';

export interface ContentOptions {
  readonly sparse: boolean;
  readonly verify: boolean;
  readonly dryRun: boolean;
  /** A folder in the way of a file is removed with what is in it. */
  readonly wholeFolders: boolean;
  readonly signal: AbortSignal | undefined;
}

interface WantedBlob {
  readonly part: FilePart;
  /** From the start of the pack, as `length`. */
  readonly offset: number;
  readonly length: number;
  readonly uncompressedLength: number;
  readonly targets: { readonly file: FileRestore; readonly offset: number }[];
  weight: number;
}

/** The folders of so many files may have to be open at once; a blob with more targets is opened again for the others. */
const mostTargets = 256;

/** By the numbers of packs, and of entries of the table of blobs (or others where a blob stands twice). */
type Wanted = Map<number, Map<number, WantedBlob>>;

/** Files that are larger are made before threads write to them: they may lack some bytes for long. */
const largestWhole = 2 * 1024 * 1024;

/** Of a file the most that a thread can read while it works on another part; of what passes a storage, it may be far away. */
const [longestOfFile, longestOfStorage] = [1024 * 1024, 2 * 1024 * 1024];

/** Errors that every further file would meet as well. */
const hopeless = ['ENOSPC', 'EDQUOT', 'EROFS'];

export class FileContents {
  readonly #repository: Repository;
  readonly #pool: ContentPool;
  readonly #report: RestoreReport;
  readonly #options: ContentOptions;
  readonly #atOnce: number;
  /** Settles when all that was to be written before is under way, or done. */
  #given: Promise<void> = Promise.resolve();

  constructor(repository: Repository, pool: ContentPool, report: RestoreReport, options: ContentOptions) {
    this.#repository = repository;
    this.#pool = pool;
    this.#report = report;
    this.#options = options;
    // Enough that every thread has a job and reads for another while one is gathered.
    this.#atOnce = 2 * pool.size + 1;
  }

  /** Sets the outcome of each file. Throws when it makes no sense to go on. May be called again before it has ended. */
  async restore(files: readonly FileRestore[]): Promise<void> {
    const waiting = files.filter(({ outcome }) => outcome === 'waiting');
    this.#pool.expect(
      waiting.length,
      waiting.reduce((bytes, { size }) => bytes + size, 0),
    );
    const matches = new Map<FileRestore, Uint8Array>();
    await forEachLimited(
      waiting.filter(({ exists }) => exists),
      this.#atOnce,
      async (file) => {
        matches.set(file, await this.#compare(file));
      },
    );
    const wanted: Wanted = new Map();
    for (const file of waiting) {
      if (file.outcome === 'waiting') this.#prepare(file, matches.get(file), wanted);
    }
    await this.#write(wanted);
    for (const file of waiting) {
      if (file.outcome === 'waiting') file.outcome = file.exists ? 'updated' : 'restored';
    }
    if (this.#options.verify) await this.#verify(waiting);
    for (const file of waiting) {
      if (file.outcome !== 'failed' && file.outcome !== 'waiting') {
        this.#report.file(file.location, file.outcome, file.size);
      }
    }
  }

  /** Which parts the file that exists holds already; all of them make it unchanged. */
  async #compare(file: FileRestore): Promise<Uint8Array> {
    this.#options.signal?.throwIfAborted();
    const { matches, size } = await this.#comparison(file);
    if (size === file.size && matches.every((match) => match === 1)) {
      file.outcome = 'unchanged';
      this.#report.bytes(file.size);
    }
    return matches;
  }

  async #comparison(file: FileRestore): Promise<CompareResult> {
    const held = new Set<TargetFolder>();
    if (!this.#holds(held, file)) return { matches: new Uint8Array(file.parts.length), size: -1 };
    try {
      return await this.#pool.run({ kind: 'compare', ...contentOf(file) });
    } finally {
      releaseAll(held);
    }
  }

  /** Sees to it that the file can be reached from threads; one that cannot has failed. */
  #holds(held: Set<TargetFolder>, file: FileRestore): boolean {
    if (file.outcome === 'failed') return false;
    const { folder } = file.place;
    if (held.has(folder)) return true;
    try {
      folder.hold();
    } catch (error) {
      this.#fail(file, error);
      return false;
    }
    held.add(folder);
    return true;
  }

  #prepare(file: FileRestore, matches: Uint8Array | undefined, wanted: Wanted): void {
    if (this.#options.dryRun) {
      this.#report.bytes(file.size);
      return;
    }
    if (file.isAbsent && file.size <= largestWhole && !this.#options.sparse) {
      if (file.parts.length === 0) this.#makeEmpty(file);
      for (const part of file.parts) this.#want(wanted, file, part);
      return;
    }
    const kept = this.#makeReady(file, matches !== undefined);
    if (kept === undefined) return;
    for (const [number, part] of file.parts.entries()) {
      if (kept && matches?.[number] === 1) this.#report.bytes(part.length);
      else this.#want(wanted, file, part);
    }
  }

  /** Makes room for a file that threads write to; undefined when that failed, and else whether its old content is kept. */
  #makeReady(file: FileRestore, keeps: boolean): boolean | undefined {
    const { sparse, wholeFolders } = this.#options;
    try {
      // Where holes are wanted old content is no help: it would have to be erased.
      const keepContent = keeps && !sparse;
      const kept = prepareFile(file.place, { size: file.size, keepContent, sparse, wholeFolders });
      file.isThere = true;
      return kept;
    } catch (error) {
      this.#fail(file, error);
      return undefined;
    }
  }

  #makeEmpty(file: FileRestore): void {
    try {
      if (file.metadata === undefined) this.#makeReady(file, false);
      else file.isFinished = makeEmptyFile(file.place.reach(), file.metadata);
    } catch (error) {
      this.#fail(file, error);
    }
  }

  #want(wanted: Wanted, file: FileRestore, part: FilePart): void {
    const { index } = this.#repository;
    const pack = index.packAt(part.entry);
    const blobs = wanted.get(pack) ?? new Map<number, WantedBlob>();
    wanted.set(pack, blobs);
    const blob = blobs.get(part.entry);
    if (blob !== undefined && blob.weight < mostTargets) {
      blob.targets.push({ file, offset: part.offset });
      blob.weight++;
      return;
    }
    if (blob !== undefined) blobs.set(-blobs.size - 1, blob);
    blobs.set(part.entry, {
      part,
      offset: index.offsetAt(part.entry),
      length: index.lengthAt(part.entry),
      uncompressedLength: index.uncompressedLengthAt(part.entry),
      targets: [{ file, offset: part.offset }],
      weight: 1,
    });
  }

  async #write(wanted: Wanted): Promise<void> {
    const { index, storage } = this.#repository;
    const longest = storage.inlet === undefined ? longestOfStorage : longestOfFile;
    const { promise, resolve } = Promise.withResolvers<void>();
    const reads = function* (): Generator<{ pack: string; range: ReadRange<WantedBlob> }> {
      for (const [number, blobs] of wanted) {
        const pack = index.packName(number);
        for (const range of planReads([...blobs.values()], longest)) yield { pack, range };
        // What was read is not needed again.
        wanted.delete(number);
      }
      resolve();
    };
    const given = this.#given;
    this.#given = promise;
    await given;
    try {
      await forEachLimited(reads(), this.#atOnce, ({ pack, range }) => this.#writeRange(pack, range));
    } finally {
      resolve();
    }
  }

  async #writeRange(pack: string, range: ReadRange<WantedBlob>): Promise<void> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const result = (await this.#writeByInlet(pack, range)) ?? (await this.#writeByStorage(pack, range));
    if (result === undefined) {
      // The pack is missing or cut off: each blob may still be had, or has its own error.
      for (const blob of range.blobs) await this.#writeFromElsewhere(blob);
      return;
    }
    const damaged = new Set(result.damaged.map(({ blob }) => blob));
    let written = 0;
    for (const [number, blob] of range.blobs.entries()) {
      if (damaged.has(number)) await this.#writeFromElsewhere(blob);
      else written += blob.part.length * blob.targets.length;
    }
    if (written > 0) this.#report.bytes(written);
  }

  /** Undefined where threads cannot read, or meet something that the storage is to tell; nothing was written then. */
  async #writeByInlet(pack: string, range: ReadRange<WantedBlob>): Promise<WriteResult | undefined> {
    if (!this.#pool.hasThreads) return undefined;
    const { signal } = this.#options;
    const file = { kind: 'data', name: pack } as const;
    const inlet = await this.#repository.storage.inlet?.(file, { signal }).catch(() => undefined);
    if (inlet === undefined) return undefined;
    return this.#writeBlobs(range, { inlet, offset: range.offset, length: range.length });
  }

  /** Undefined when it cannot be read. */
  async #writeByStorage(pack: string, range: ReadRange<WantedBlob>): Promise<WriteResult | undefined> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    let bytes: Uint8Array;
    try {
      bytes = await this.#repository.storage.read({ kind: 'data', name: pack }, range, { signal });
    } catch {
      signal?.throwIfAborted();
      return undefined;
    }
    return this.#writeBlobs(range, { bytes });
  }

  /** Undefined when the bytes could not be read. */
  async #writeBlobs(range: ReadRange<WantedBlob>, from: PackPart): Promise<WriteResult | undefined> {
    const held = new Set<TargetFolder>();
    try {
      const builder = new WriteJobBuilder();
      const files = this.#filesOf(range, held, builder);
      for (const { part, offset, length, uncompressedLength, targets } of range.blobs) {
        builder.blob(part.id, offset - range.offset, length, uncompressedLength);
        for (const target of targets) {
          const path = files.get(target.file);
          if (path !== undefined) builder.target(path, target.offset);
        }
      }
      const result = await this.#pool.run(builder.job(from, this.#options.sparse));
      if (result === 'unread') return undefined;
      const inOrder = [...files.keys()];
      for (const [path, file] of inOrder.entries()) {
        file.isThere = true;
        if (result.finished[path] === 1) file.isFinished = true;
      }
      for (const { path, error } of result.failed) this.#failWriting(inOrder[path] as FileRestore, error);
      return result;
    } finally {
      releaseAll(held);
    }
  }

  /** The files that a job writes to, with their numbers; those that it does not write as a whole are there. */
  #filesOf(
    range: ReadRange<WantedBlob>,
    held: Set<TargetFolder>,
    builder: WriteJobBuilder,
  ): Map<FileRestore, number> {
    const parts = new Map<FileRestore, number>();
    for (const { targets } of range.blobs) {
      for (const { file } of targets) parts.set(file, (parts.get(file) ?? 0) + 1);
    }
    const numbers = new Map<FileRestore, number>();
    for (const [file, count] of parts) {
      if (!this.#holds(held, file)) continue;
      const isWhole = count === file.parts.length;
      if (!file.isThere && !isWhole && this.#makeReady(file, false) === undefined) continue;
      const path = pathText(file.place.reach());
      numbers.set(file, builder.path(path, file.isThere ? undefined : file));
    }
    return numbers;
  }

  /** Another pack may hold the same blob; when none does every file that needs it has failed. */
  async #writeFromElsewhere({ part, targets }: WantedBlob): Promise<void> {
    const { signal } = this.#options;
    let plain: Buffer;
    try {
      plain = await this.#repository.loadBlob('data', part.id, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      for (const { file } of targets) this.#fail(file, error);
      return;
    }
    for (const { file, offset } of targets) {
      if (file.outcome === 'failed') continue;
      if (!file.isThere && this.#makeReady(file, false) === undefined) continue;
      try {
        const opened = openForWriting(file.place.reach());
        try {
          writeAll(opened, plain, offset);
        } finally {
          closeSync(opened);
        }
        this.#report.bytes(part.length);
      } catch (error) {
        this.#failWriting(file, systemFailure(error));
      }
    }
  }

  async #verify(files: readonly FileRestore[]): Promise<void> {
    if (this.#options.dryRun) return;
    const written = files.filter(({ outcome }) => outcome === 'restored' || outcome === 'updated');
    await forEachLimited(written, this.#atOnce, async (file) => {
      this.#options.signal?.throwIfAborted();
      const { matches, size } = await this.#comparison(file);
      const wrong = matches.indexOf(0);
      if (wrong !== -1 || size !== file.size) {
        const offset = file.parts[wrong]?.offset ?? Math.min(size, file.size);
        this.#fail(file, new VerificationError(file.place.path, Math.max(0, offset)));
      } else {
        this.#report.verified();
      }
    });
  }

  #fail(file: FileRestore, error: unknown): void {
    if (error instanceof Error && 'code' in error && hopeless.includes(String(error.code))) {
      this.#end(file, { message: error.message, code: String(error.code) });
    }
    // One error a file is enough, whatever the number of blobs it lacks.
    if (file.outcome === 'failed') return;
    file.outcome = 'failed';
    this.#report.error(file.location, error);
  }

  #failWriting(file: FileRestore, failure: SystemFailure): void {
    if (failure.code !== undefined && hopeless.includes(failure.code)) {
      this.#end(file, failure);
    }
    const message = file.place.folder.folders.shown(failure.message);
    this.#fail(file, new RepositoryError('repository.write-failed', message));
  }

  #end({ place }: FileRestore, { message, code }: SystemFailure): never {
    throw new TargetFailedError(place.path, { message: place.folder.folders.shown(message), code });
  }
}

function releaseAll(folders: Iterable<TargetFolder>): void {
  for (const folder of folders) folder.release();
}

function contentOf({ place, parts }: FileRestore): { path: string; ids: Uint8Array; lengths: number[] } {
  const ids = new Uint8Array(parts.length * 32);
  for (const [number, { id }] of parts.entries()) ids.set(id, number * 32);
  return { path: pathText(place.reach()), ids, lengths: parts.map(({ length }) => length) };
}
