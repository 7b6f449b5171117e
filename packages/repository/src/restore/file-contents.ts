/**
 * Brings the contents of a batch of files into the target: compares what is there, makes room, reads the missing
 * blobs pack by pack, has them written, and reads the files back when asked to.
 */
import { closeSync } from 'node:fs';
import { RepositoryError } from '../errors.ts';
import type { Repository } from '../store/repository.ts';
import {
  type CompareResult,
  type JobBlob,
  pathText,
  type SystemFailure,
  systemFailure,
  type WriteResult,
  writeAll,
} from './content-job.ts';
import type { ContentPool } from './content-pool.ts';
import type { FilePart, FileRestore } from './file-restore.ts';
import { forEachLimited } from './limited.ts';
import { openForWriting } from './open-file.ts';
import { planReads, type ReadRange } from './read-plan.ts';
import { TargetFailedError, VerificationError } from './restore-errors.ts';
import type { RestoreReport } from './restore-report.ts';
import { prepareFile } from './target-folder.ts';
import type { TargetFolder } from './target-folders.ts';

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
  readonly targets: { readonly file: FileRestore; readonly offset: number }[];
  weight: number;
}

/** The folders of so many files may have to be open at once; a blob with more targets is opened again for the others. */
const mostTargets = 256;

/** Errors that every further file would meet as well. */
const hopeless = ['ENOSPC', 'EDQUOT', 'EROFS'];

export class FileContents {
  readonly #repository: Repository;
  readonly #pool: ContentPool;
  readonly #report: RestoreReport;
  readonly #options: ContentOptions;
  readonly #atOnce: number;

  constructor(repository: Repository, pool: ContentPool, report: RestoreReport, options: ContentOptions) {
    this.#repository = repository;
    this.#pool = pool;
    this.#report = report;
    this.#options = options;
    // Enough that a read is under way while every thread has a job.
    this.#atOnce = pool.size + 2;
  }

  /** Sets the outcome of each file. Throws when it makes no sense to go on. */
  async restore(files: readonly FileRestore[]): Promise<void> {
    const waiting = files.filter(({ outcome }) => outcome === 'waiting');
    this.#pool.expect(waiting.reduce((bytes, { size }) => bytes + size, 0));
    const matches = new Map<FileRestore, Uint8Array>();
    await forEachLimited(
      waiting.filter(({ exists }) => exists),
      this.#atOnce,
      async (file) => {
        matches.set(file, await this.#compare(file));
      },
    );
    const wanted = new Map<string, Map<string, WantedBlob>>();
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

  #prepare(
    file: FileRestore,
    matches: Uint8Array | undefined,
    wanted: Map<string, Map<string, WantedBlob>>,
  ): void {
    if (this.#options.dryRun) {
      this.#report.bytes(file.size);
      return;
    }
    const { sparse, wholeFolders } = this.#options;
    let kept: boolean;
    try {
      // Where holes are wanted old content is no help: it would have to be erased.
      const keepContent = matches !== undefined && !sparse;
      kept = prepareFile(file.place, { size: file.size, keepContent, sparse, wholeFolders });
    } catch (error) {
      this.#fail(file, error);
      return;
    }
    for (const [number, part] of file.parts.entries()) {
      if (kept && matches?.[number] === 1) this.#report.bytes(part.length);
      else want(wanted, file, part);
    }
  }

  async #write(wanted: Map<string, Map<string, WantedBlob>>): Promise<void> {
    const reads = function* (): Generator<{ pack: string; range: ReadRange<WantedBlob> }> {
      for (const [pack, blobs] of wanted) {
        for (const range of planReads([...blobs.values()])) yield { pack, range };
        // What was read is not needed again.
        wanted.delete(pack);
      }
    };
    await forEachLimited(reads(), this.#atOnce, ({ pack, range }) => this.#writeRange(pack, range));
  }

  async #writeRange(pack: string, range: ReadRange<WantedBlob>): Promise<void> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    let bytes: Uint8Array;
    try {
      bytes = await this.#repository.storage.read({ kind: 'data', name: pack }, range, { signal });
    } catch {
      signal?.throwIfAborted();
      // The pack is missing or cut off: each blob may still be had, or has its own error.
      for (const blob of range.blobs) await this.#writeFromElsewhere(blob);
      return;
    }
    const result = await this.#writeBlobs(range, bytes);
    const damaged = new Set(result.damaged.map(({ blob }) => blob));
    for (const [number, blob] of range.blobs.entries()) {
      if (damaged.has(number)) await this.#writeFromElsewhere(blob);
      else this.#report.bytes(blob.part.length * blob.targets.length);
    }
  }

  async #writeBlobs(range: ReadRange<WantedBlob>, bytes: Uint8Array): Promise<WriteResult> {
    const held = new Set<TargetFolder>();
    try {
      const numbers = new Map<FileRestore, number>();
      const blobs = range.blobs.map(
        (blob): JobBlob => ({
          id: blob.part.id.toString('hex'),
          offset: blob.offset,
          length: blob.length,
          uncompressedLength: blob.part.location.uncompressedLength,
          targets: blob.targets.flatMap(({ file, offset }) =>
            this.#holds(held, file) ? [numberOf(numbers, file), offset] : [],
          ),
        }),
      );
      const files = [...numbers.keys()];
      const paths = files.map(({ place }) => pathText(place.reach()));
      const { sparse } = this.#options;
      const result = await this.#pool.run({
        kind: 'write',
        bytes,
        start: range.offset,
        blobs,
        paths,
        sparse,
      });
      for (const { path, error } of result.failed) this.#failWriting(files[path] as FileRestore, error);
      return result;
    } finally {
      releaseAll(held);
    }
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
    this.#fail(file, new RepositoryError('repository.write-failed', failure.message));
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

function want(wanted: Map<string, Map<string, WantedBlob>>, file: FileRestore, part: FilePart): void {
  const { pack, offset, length } = part.location;
  const target = { file, offset: part.offset };
  const key = part.id.toString('latin1');
  const blobs = wanted.get(pack) ?? new Map<string, WantedBlob>();
  const blob = blobs.get(key);
  if (blob !== undefined && blob.weight < mostTargets) {
    blob.targets.push(target);
    blob.weight++;
  } else {
    if (blob !== undefined) blobs.set(`${key}/${blobs.size}`, blob);
    blobs.set(key, { part, offset, length, targets: [target], weight: 1 });
  }
  wanted.set(pack, blobs);
}

function numberOf<T>(numbers: Map<T, number>, item: T): number {
  const known = numbers.get(item);
  if (known !== undefined) return known;
  numbers.set(item, numbers.size);
  return numbers.size - 1;
}
