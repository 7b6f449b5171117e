/**
 * A repository in a folder of an SFTP server, in restic's default layout.
 * All calls share one connection; when it is cut, the next call logs in again.
 */
import { posix } from 'node:path';
import type { FileEntry } from 'ssh2';
import { byteSpan } from '../byte-range.ts';
import { describeFile, FileMissingError, ShortReadError } from '../errors.ts';
import { DATA_PREFIX, dataPrefixes, FOLDERS, pathOf } from '../layout.ts';
import { isFileName } from '../names.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';
import { isLeftover } from '../temporary-files.ts';
import { Pace } from '../transfer/pace.ts';
import { inTurns, pieces } from '../transfer/pieces.ts';
import type { Spool } from '../transfer/spool.ts';
import { SpooledWriter } from '../transfer/spooled-writer.ts';
import { SftpConnection } from './sftp-connection.ts';
import { hasStatus, STATUS } from './sftp-errors.ts';
import { parseSftpLocation, type SftpLocation } from './sftp-location.ts';
import { exists, makeFolder } from './sftp-paths.ts';
import type { SftpSession } from './sftp-session.ts';
import { upload } from './sftp-upload.ts';

/** How many folders of data are listed at once. */
const FOLDERS_AT_ONCE = 32;

export class SftpStorage implements Storage {
  readonly location: string;
  readonly #place: SftpLocation;
  readonly #connection: SftpConnection;
  readonly #pace: Pace;
  #swept = false;

  constructor(rest: string, options: OpenStorageOptions = {}) {
    this.#place = parseSftpLocation(rest);
    this.location = this.#place.text;
    this.#connection = new SftpConnection(this.#place, options);
    this.#pace = new Pace(options.limits);
  }

  async create(): Promise<void> {
    await this.#connection.with('cannot create the folders of the repository', undefined, async (session) => {
      const parents = this.#place.path.split('/');
      for (let depth = 1; depth <= parents.length; depth++) {
        const path = parents.slice(0, depth).join('/');
        if (path !== '') await makeFolder(session, path);
      }
      for (const folder of [...Object.values(FOLDERS), 'tmp']) await makeFolder(session, this.#path(folder));
      const data = dataPrefixes().map((prefix) => this.#path(`data/${prefix}`));
      await inTurns(data, (path) => makeFolder(session, path));
    });
  }

  stat(file: StoredFile, { signal }: StorageOptions = {}): Promise<ListedFile> {
    return this.#connection.with(`cannot look at ${describeFile(file)}`, signal, async (session) => {
      try {
        return { name: file.name, size: (await session.stat(this.#path(pathOf(file)))).size };
      } catch (error) {
        throw this.#missing(error, file);
      }
    });
  }

  read(file: StoredFile, range?: ByteRange, { signal }: StorageOptions = {}): Promise<Uint8Array> {
    return this.#connection.with(`cannot read ${describeFile(file)}`, signal, async (session) => {
      const handle = await session.open(this.#path(pathOf(file)), 'r').catch((error: unknown) => {
        throw this.#missing(error, file);
      });
      try {
        const size = await session.handleSize(handle);
        const { start, length } = byteSpan(file, this.location, size, range);
        const bytes = Buffer.allocUnsafeSlow(length);
        await inTurns(pieces(0, length), async ({ from, to }) => {
          const piece = bytes.subarray(from, to);
          signal?.throwIfAborted();
          const read = await session.read(handle, piece, start + from);
          // The file shrank between the look at its size and this read.
          if (read < piece.length)
            throw new ShortReadError(file, this.location, `${length} bytes at ${start}`, start + from + read);
          for await (const _ of this.#pace.down(piece, signal));
        });
        return bytes;
      } finally {
        await session.closeHandle(handle).catch(() => {});
      }
    });
  }

  async writer(kind: FileKind, { signal }: StorageOptions = {}): Promise<FileWriter> {
    signal?.throwIfAborted();
    return new SpooledWriter(kind, (file, content, stop) => this.#put(file, content, stop), signal);
  }

  async *list(kind: FileKind, { signal }: StorageOptions = {}): AsyncIterable<ListedFile> {
    if (kind === 'config') {
      const found = await this.#entries('', signal);
      for (const { filename, attrs } of found) {
        const name = filename.slice('config'.length);
        if (filename.startsWith('config') && isFileName(kind, name)) yield { name, size: attrs.size };
      }
      return;
    }
    const folder = FOLDERS[kind];
    if (kind !== 'data') return yield* await this.#files(kind, folder, signal);
    const prefixes = (await this.#entries(folder, signal)).map(({ filename }) => filename).filter(isPrefix);
    for (let at = 0; at < prefixes.length; at += FOLDERS_AT_ONCE) {
      const batch = prefixes.slice(at, at + FOLDERS_AT_ONCE);
      const found = await Promise.all(
        batch.map((prefix) => this.#files(kind, `${folder}/${prefix}`, signal)),
      );
      yield* found.flat();
    }
  }

  remove(file: StoredFile, { signal }: StorageOptions = {}): Promise<void> {
    return this.#connection.with(`cannot remove ${describeFile(file)}`, signal, async (session) => {
      await session.unlink(this.#path(pathOf(file))).catch((error: unknown) => {
        throw this.#missing(error, file);
      });
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #put(file: StoredFile, content: Spool, signal: AbortSignal | undefined): Promise<void> {
    return this.#connection.with(`cannot write ${describeFile(file)}`, signal, async (session) => {
      await this.#sweep(session);
      await upload({ session, place: this.#place, file, pace: this.#pace, signal }, content);
    });
  }

  async #files(kind: FileKind, folder: string, signal: AbortSignal | undefined): Promise<ListedFile[]> {
    const entries = await this.#entries(folder, signal);
    return entries
      .filter(({ filename, attrs }) => isFileName(kind, filename) && isPlainFile(attrs.mode))
      .map(({ filename, attrs }) => ({ name: filename, size: attrs.size }));
  }

  /** A missing folder of one kind is an empty one; a missing root is a disk that is not mounted. */
  #entries(folder: string, signal: AbortSignal | undefined): Promise<FileEntry[]> {
    return this.#connection.with(`cannot list ${folder}`, signal, async (session) => {
      try {
        return await session.readdir(this.#path(folder));
      } catch (error) {
        if (!hasStatus(error, STATUS.noSuchFile)) throw error;
        if (folder === '' || (await exists(session, this.#path('')))) return [];
        throw error;
      }
    });
  }

  /** Once for each handle: removes what killed writers left behind. Leftovers only cost space. */
  async #sweep(session: SftpSession): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    const found = await session.readdir(this.#path('tmp')).catch((): FileEntry[] => []);
    for (const { filename, attrs } of found) {
      if (await isLeftover(filename, async () => attrs.mtime * 1000)) {
        await session.unlink(this.#path(`tmp/${filename}`)).catch(() => {});
      }
    }
  }

  #path(below: string): string {
    return posix.join(this.#place.path, below);
  }

  #missing(error: unknown, file: StoredFile): unknown {
    return hasStatus(error, STATUS.noSuchFile)
      ? new FileMissingError(file, this.location, { cause: error })
      : error;
  }
}

const isPrefix = (name: string): boolean => DATA_PREFIX.test(name);

/** The file type in a mode, as in stat(2); servers that tell no mode are believed by the name. */
const isPlainFile = (mode: number): boolean => mode === undefined || (mode & 0o170000) === 0o100000;
