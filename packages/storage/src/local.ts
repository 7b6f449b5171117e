/**
 * A repository in a folder, in restic's default layout:
 * `config`, `keys/`, `locks/`, `snapshots/`, `index/`, `data/<first two hex digits>/`.
 *
 * A file is written under `tmp/`, synced, made read-only, linked to its final name, and its folder synced.
 */
import { lstat, mkdir, open, opendir, stat as statPath, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { byteSpan } from './byte-range.ts';
import { describeFile, FileMissingError, ShortReadError } from './errors.ts';
import { DATA_PREFIX, dataPrefixes, FOLDERS, pathOf } from './layout.ts';
import { failure, isErrno, syncFolder } from './local-errors.ts';
import { LocalWriter } from './local-writer.ts';
import { isFileName, SUFFIXES } from './names.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  Inlet,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from './storage.ts';
import { sweepAbandoned } from './temporary-files.ts';

/** How many files of a listing are measured at once. */
const STATS_AT_ONCE = 64;

export class LocalStorage implements Storage {
  readonly location: string;
  readonly #root: string;
  #swept: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = resolve(root);
    this.location = this.#root;
  }

  async create(): Promise<void> {
    try {
      for (const folder of Object.values(FOLDERS)) {
        await mkdir(join(this.#root, folder), { recursive: true, mode: 0o700 });
      }
      for (const prefix of dataPrefixes()) {
        await mkdir(join(this.#root, 'data', prefix), { recursive: true, mode: 0o700 });
      }
      await syncFolder(join(this.#root, 'data'));
      await syncFolder(this.#root);
    } catch (error) {
      throw failure(error, this.location, 'cannot create the folders of the repository');
    }
  }

  async stat(file: StoredFile, options: StorageOptions = {}): Promise<ListedFile> {
    options.signal?.throwIfAborted();
    try {
      return { name: file.name, size: (await statPath(this.#path(file))).size };
    } catch (error) {
      throw this.#readFailure(error, file);
    }
  }

  async read(file: StoredFile, range?: ByteRange, options: StorageOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    try {
      await using handle = await open(this.#path(file), 'r');
      const { size } = await handle.stat();
      const { start, length } = byteSpan(file, this.location, size, range);
      const bytes = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
        // The file shrank between the look at its size and this read.
        if (bytesRead === 0)
          throw new ShortReadError(file, this.location, `${length} bytes at ${start}`, start + filled);
        filled += bytesRead;
      }
      options.signal?.throwIfAborted();
      return bytes;
    } catch (error) {
      throw this.#readFailure(error, file);
    }
  }

  async writer(kind: FileKind, options: StorageOptions = {}): Promise<FileWriter> {
    options.signal?.throwIfAborted();
    this.#swept ??= sweepAbandoned(join(this.#root, 'tmp'));
    await this.#swept;
    return LocalWriter.open({
      root: this.#root,
      temporary: join(this.#root, 'tmp'),
      target: (name) => ({ file: { kind, name }, path: this.#path({ kind, name }) }),
      location: this.location,
      signal: options.signal,
    });
  }

  async *list(kind: FileKind, options: StorageOptions = {}): AsyncIterable<ListedFile> {
    if (kind === 'config') {
      for (const name of SUFFIXES) {
        try {
          yield await this.stat({ kind, name }, options);
        } catch (error) {
          if (!(error instanceof FileMissingError)) throw error;
        }
      }
      return;
    }
    const folder = join(this.#root, FOLDERS[kind]);
    if (kind !== 'data') return yield* this.#listFolder(folder, kind, options);
    for (const prefix of await this.#names(folder, (name) => DATA_PREFIX.test(name)))
      yield* this.#listFolder(join(folder, prefix), kind, options);
  }

  async remove(file: StoredFile, options: StorageOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const path = this.#path(file);
    try {
      await unlink(path);
      await syncFolder(join(path, '..'));
    } catch (error) {
      throw this.#readFailure(error, file);
    }
  }

  async inlet(file: StoredFile): Promise<Inlet> {
    return { path: this.#path(file), layers: [] };
  }

  async close(): Promise<void> {}

  #path(file: StoredFile): string {
    return join(this.#root, pathOf(file));
  }

  async *#listFolder(folder: string, kind: FileKind, options: StorageOptions): AsyncIterable<ListedFile> {
    const names = await this.#names(folder, (name) => isFileName(kind, name));
    for (let at = 0; at < names.length; at += STATS_AT_ONCE) {
      options.signal?.throwIfAborted();
      const batch = names.slice(at, at + STATS_AT_ONCE);
      for (const file of await Promise.all(batch.map((name) => this.#measure(folder, name)))) {
        if (file !== undefined) yield file;
      }
    }
  }

  /** undefined for a file that was removed meanwhile, and for what is not a file. */
  async #measure(folder: string, name: string): Promise<ListedFile | undefined> {
    try {
      const found = await lstat(join(folder, name));
      const target = found.isSymbolicLink() ? await statPath(join(folder, name)) : found;
      return target.isFile() ? { name, size: target.size } : undefined;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw failure(error, this.location, `cannot look at ${folder}/${name}`);
    }
  }

  async #names(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const entry of await opendir(folder)) if (isWanted(entry.name)) names.push(entry.name);
    } catch (error) {
      // restic takes a missing folder of one kind as an empty one; a missing root is an unmounted disk.
      if (isErrno(error, 'ENOENT') && (await this.#rootExists())) return [];
      throw failure(error, this.location, `cannot list ${folder}`);
    }
    return names;
  }

  async #rootExists(): Promise<boolean> {
    try {
      return (await statPath(this.#root)).isDirectory();
    } catch {
      return false;
    }
  }

  #readFailure(error: unknown, file: StoredFile): unknown {
    if (isErrno(error, 'ENOENT')) return new FileMissingError(file, this.location, { cause: error });
    return failure(error, this.location, `cannot use ${describeFile(file)}`);
  }
}
