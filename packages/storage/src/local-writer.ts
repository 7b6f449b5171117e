import { type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileExistsError, StorageError } from './errors.ts';
import { failure, isErrno, syncFolder } from './local-errors.ts';
import type { FileWriter, Outlet, StoredFile } from './storage.ts';
import { temporaryName } from './temporary-files.ts';

export interface LocalWriterOptions {
  readonly root: string;
  readonly temporary: string;
  readonly target: (name: string) => { file: StoredFile; path: string };
  readonly location: string;
  readonly signal: AbortSignal | undefined;
}

/** Small appends are gathered up to this many bytes before they are written. */
const GATHER = 256 * 1024;

/** States: open, then exactly one of committed and aborted. */
export class LocalWriter implements FileWriter {
  readonly #options: LocalWriterOptions;
  readonly #handle: FileHandle;
  readonly #path: string;
  #gathered: Buffer | undefined;
  #pending = 0;
  #position = 0;
  #ended = false;

  private constructor(options: LocalWriterOptions, handle: FileHandle, path: string) {
    this.#options = options;
    this.#handle = handle;
    this.#path = path;
  }

  static async open(options: LocalWriterOptions): Promise<LocalWriter> {
    const path = join(options.temporary, temporaryName());
    try {
      const handle = await open(path, 'wx', 0o600).catch(async (error: unknown) => {
        if (!isErrno(error, 'ENOENT')) throw error;
        // Not recursive: a missing root is a disk that is not mounted, and must not be made anew.
        await mkdir(options.temporary, { mode: 0o700 }).catch((failed: unknown) => {
          if (!isErrno(failed, 'EEXIST')) throw failed;
        });
        return open(path, 'wx', 0o600);
      });
      return new LocalWriter(options, handle, path);
    } catch (error) {
      throw failure(error, options.location, 'cannot start a file');
    }
  }

  handOver(): Outlet {
    return {
      layers: [],
      file: this.#handle.fd,
      append: (bytes) => this.append(bytes),
      failure: (error) => failure(error, this.#options.location, 'cannot write'),
    };
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    this.#options.signal?.throwIfAborted();
    if (this.#pending + bytes.length > GATHER) await this.#flush();
    if (bytes.length > GATHER) return this.#write(bytes);
    this.#gathered ??= Buffer.allocUnsafeSlow(GATHER);
    this.#gathered.set(bytes, this.#pending);
    this.#pending += bytes.length;
  }

  async commit(name: string): Promise<void> {
    this.#assertOpen();
    const { file, path } = this.#options.target(name);
    try {
      this.#options.signal?.throwIfAborted();
      await this.#flush();
      await this.#handle.chmod(0o400);
      await this.#handle.sync();
      await this.#handle.close();
      await this.#publish(file, path);
      this.#ended = true;
      await syncFolder(dirname(path));
    } catch (error) {
      await this.abort();
      throw failure(error, this.#options.location, `cannot write ${file.kind} ${name}`);
    }
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#handle.close().catch(() => {});
    await unlink(this.#path).catch(() => {});
  }

  /** A link never replaces a file that is there, which a rename would. */
  async #publish(file: StoredFile, path: string): Promise<void> {
    try {
      await this.#link(path);
    } catch (error) {
      if (isErrno(error, 'EEXIST')) throw new FileExistsError(file, this.#options.location, { cause: error });
      if (!isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
      // File systems without hard links (exFAT, some network shares).
      if (await exists(path)) throw new FileExistsError(file, this.#options.location, { cause: error });
      return rename(this.#path, path);
    }
    await unlink(this.#path);
  }

  async #link(path: string): Promise<void> {
    try {
      await link(this.#path, path);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      const folder = dirname(path);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await syncFolder(dirname(folder));
      await link(this.#path, path);
    }
  }

  async #flush(): Promise<void> {
    const pending = this.#gathered?.subarray(0, this.#pending);
    this.#pending = 0;
    if (pending !== undefined) await this.#write(pending);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(
          bytes,
          written,
          bytes.length - written,
          this.#position,
        );
        written += bytesWritten;
        this.#position += bytesWritten;
      }
    } catch (error) {
      throw failure(error, this.#options.location, 'cannot write');
    }
  }

  #assertOpen(): void {
    if (this.#ended) throw new StorageError('storage.failed', 'this file was committed or aborted before');
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
