/**
 * A repository in a folder of an SFTP server, in restic's default layout.
 *
 * A file is written under `tmp/`, synced where the server can, made read-only, and renamed to its final name by
 * the rename that does not replace. All calls share one connection; when it is cut, the next call logs in again.
 */
import { posix } from 'node:path';
import type { FileEntry } from 'ssh2';
import { byteSpan } from '../byte-range.ts';
import { FileExistsError, FileMissingError, ShortReadError, StorageError } from '../errors.ts';
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
import { isLeftover, temporaryName } from '../temporary-files.ts';
import { interrupted } from '../transfer/network-errors.ts';
import { Pace } from '../transfer/pace.ts';
import { inTurns, PIECE, pieces } from '../transfer/pieces.ts';
import type { Spool } from '../transfer/spool.ts';
import { SpooledWriter } from '../transfer/spooled-writer.ts';
import { STUCK_AFTER_MS } from '../transfer/stuck.ts';
import { hasStatus, STATUS, sftpFailure } from './sftp-errors.ts';
import { parseSftpLocation, type SftpLocation } from './sftp-location.ts';
import { SftpSession } from './sftp-session.ts';
import { readSftpSettings, type SftpSettings } from './sftp-settings.ts';

/** How many folders of data are listed at once. */
const FOLDERS_AT_ONCE = 32;

export class SftpStorage implements Storage {
  readonly location: string;
  readonly #place: SftpLocation;
  readonly #settings: SftpSettings;
  readonly #stuckAfterMs: number;
  readonly #pace: Pace;
  #session: Promise<SftpSession> | undefined;
  #swept = false;

  constructor(rest: string, options: OpenStorageOptions = {}) {
    this.#place = parseSftpLocation(rest);
    this.location = this.#place.text;
    this.#settings = readSftpSettings(this.#place, options);
    this.#stuckAfterMs = options.stuckAfterMs ?? STUCK_AFTER_MS;
    this.#pace = new Pace(options.limits);
  }

  async create(): Promise<void> {
    await this.#with('cannot create the folders of the repository', undefined, async (session) => {
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
    return this.#with(describe('cannot look at', file), signal, async (session) => {
      try {
        return { name: file.name, size: (await session.stat(this.#path(pathOf(file)))).size };
      } catch (error) {
        throw this.#missing(error, file);
      }
    });
  }

  read(file: StoredFile, range?: ByteRange, { signal }: StorageOptions = {}): Promise<Uint8Array> {
    return this.#with(describe('cannot read', file), signal, async (session) => {
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
    return this.#with(describe('cannot remove', file), signal, async (session) => {
      await session.unlink(this.#path(pathOf(file))).catch((error: unknown) => {
        throw this.#missing(error, file);
      });
    });
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.then(
      (open) => open.end(),
      () => undefined,
    );
  }

  async #put(file: StoredFile, content: Spool, signal: AbortSignal | undefined): Promise<void> {
    const target = this.#path(pathOf(file));
    await this.#with(describe('cannot write', file), signal, async (session) => {
      await this.#sweep(session);
      if (await exists(session, target)) throw new FileExistsError(file, this.location);
      const temporary = this.#path(`tmp/${temporaryName()}`);
      const handle = await session.open(temporary, 'wx').catch(async (error: unknown) => {
        if (!hasStatus(error, STATUS.noSuchFile) || !(await exists(session, this.#path('')))) throw error;
        await makeFolder(session, this.#path('tmp'));
        return session.open(temporary, 'wx');
      });
      try {
        await this.#send(session, handle, content, signal);
        await session.seal(handle);
        await session.closeHandle(handle);
        await this.#publish(session, file, temporary, target);
      } catch (error) {
        if (session.isOpen) {
          await session.closeHandle(handle).catch(() => {});
          const full = hasStatus(error, STATUS.failure) && (await this.#isFull(session));
          await session.unlink(temporary).catch(() => {});
          if (full) throw this.#full(error);
        }
        throw error;
      }
    });
  }

  async #send(
    session: SftpSession,
    handle: Buffer,
    content: Spool,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let position = 0;
    const located = async function* (slices: AsyncIterable<Uint8Array>) {
      for await (const slice of slices) {
        yield { slice: Buffer.from(slice.buffer, slice.byteOffset, slice.length), at: position };
        position += slice.length;
      }
    };
    await inTurns(located(this.#pace.sent(content.slices(), signal)), ({ slice, at }) => {
      signal?.throwIfAborted();
      return session.write(handle, slice, at);
    });
    const size = await session.handleSize(handle);
    if (size !== content.size) {
      throw interrupted(this.location, `the server kept ${size} of ${content.size} bytes of a file`);
    }
  }

  async #publish(session: SftpSession, file: StoredFile, from: string, to: string): Promise<void> {
    try {
      await session.rename(from, to);
    } catch (error) {
      if (hasStatus(error, STATUS.noSuchFile)) {
        await makeFolder(session, posix.dirname(to));
        return session.rename(from, to);
      }
      if (hasStatus(error, STATUS.failure) && (await exists(session, to))) {
        throw new FileExistsError(file, this.location, { cause: error });
      }
      throw error;
    }
  }

  async #files(kind: FileKind, folder: string, signal: AbortSignal | undefined): Promise<ListedFile[]> {
    const entries = await this.#entries(folder, signal);
    return entries
      .filter(({ filename, attrs }) => isFileName(kind, filename) && isPlainFile(attrs.mode))
      .map(({ filename, attrs }) => ({ name: filename, size: attrs.size }));
  }

  /** A missing folder of one kind is an empty one; a missing root is a disk that is not mounted. */
  #entries(folder: string, signal: AbortSignal | undefined): Promise<FileEntry[]> {
    return this.#with(`cannot list ${folder}`, signal, async (session) => {
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

  async #isFull(session: SftpSession): Promise<boolean> {
    const free = await session.freeSpace(this.#path('tmp'));
    return free !== undefined && free < PIECE;
  }

  #full(cause: unknown): StorageError {
    return new StorageError('storage.full', `${this.location} is full`, {
      cause,
      advice:
        'Free space on that server (or raise the quota) and run again; what was stored before is whole.',
    });
  }

  /** Runs calls on the shared connection, which is made when there is none. */
  async #with<Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (session: SftpSession) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    try {
      const result = await work(await this.#open());
      signal?.throwIfAborted();
      return result;
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw sftpFailure(error, this.location, what);
    }
  }

  async #open(): Promise<SftpSession> {
    const existing = this.#session;
    if (existing !== undefined && (await existing).isOpen) return existing;
    // Several may find the old connection cut: the first one makes the new one for all.
    if (this.#session === existing || this.#session === undefined) {
      const opening = SftpSession.open(this.#place, this.#settings, this.#stuckAfterMs);
      this.#session = opening;
      opening.catch(() => {
        if (this.#session === opening) this.#session = undefined;
      });
    }
    return this.#session ?? this.#open();
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

const describe = (what: string, { kind, name }: StoredFile): string => `${what} ${kind} ${name}`.trimEnd();

async function exists(session: SftpSession, path: string): Promise<boolean> {
  try {
    await session.stat(path);
    return true;
  } catch (error) {
    if (hasStatus(error, STATUS.noSuchFile)) return false;
    throw error;
  }
}

async function makeFolder(session: SftpSession, path: string): Promise<void> {
  try {
    await session.mkdir(path);
  } catch (error) {
    // The protocol tells an existing folder by the same code as any other failure.
    const found = await session.stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}
