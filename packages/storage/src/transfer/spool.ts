/**
 * The bytes of a file until its name is known. What exceeds a small buffer goes to a temporary file that has
 * no name any more once it is open: a killed process leaves nothing behind, and nobody else can open it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure } from '../local-errors.ts';

/** Small files (locks, keys, snapshots, most indexes) never touch the disk. */
const IN_MEMORY = 1024 * 1024;
/** Reading back goes in slices of this size, so that limits and progress are fine-grained. */
const SLICE = 64 * 1024;

export class Spool {
  readonly #buffer: Buffer[] = [];
  readonly #hash = createHash('sha256');
  #buffered = 0;
  #written = 0;
  #file: FileHandle | undefined;
  #digest: Buffer | undefined;

  /** bytes */
  get size(): number {
    return this.#written + this.#buffered;
  }

  /** SHA-256 of everything appended; nothing can be appended after it. */
  get sha256(): Buffer {
    this.#digest ??= this.#hash.digest();
    return this.#digest;
  }

  /** Copies the bytes. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    if (this.#buffered + bytes.length > IN_MEMORY) await this.#flush();
    if (bytes.length > IN_MEMORY) return this.#write(bytes);
    this.#buffer.push(Buffer.from(bytes));
    this.#buffered += bytes.length;
  }

  /** Reads back a part, as often as wanted. */
  async *slices(start = 0, end = this.size): AsyncGenerator<Buffer> {
    let at = start;
    while (at < Math.min(end, this.#written)) {
      const slice = Buffer.allocUnsafeSlow(Math.min(SLICE, end - at, this.#written - at));
      let filled = 0;
      while (filled < slice.length) {
        const { bytesRead } = await this.#handle().read(slice, filled, slice.length - filled, at + filled);
        if (bytesRead === 0) throw new Error('the temporary file is shorter than what was written to it');
        filled += bytesRead;
      }
      at += slice.length;
      yield slice;
    }
    let offset = this.#written;
    for (const part of this.#buffer) {
      const from = Math.max(at - offset, 0);
      const to = Math.min(end - offset, part.length);
      for (let cut = from; cut < to; cut += SLICE) yield part.subarray(cut, Math.min(cut + SLICE, to));
      offset += part.length;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#buffer.length = 0;
    await file?.close();
  }

  async #flush(): Promise<void> {
    const parts = this.#buffer.splice(0);
    this.#buffered = 0;
    for (const part of parts) await this.#write(part);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      this.#file ??= await openUnnamed();
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#written);
        done += bytesWritten;
        this.#written += bytesWritten;
      }
    } catch (error) {
      throw failure(error, tmpdir(), 'cannot keep a file before it is sent');
    }
  }

  #handle(): FileHandle {
    if (this.#file === undefined) throw new Error('the temporary file is closed');
    return this.#file;
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `octobox-${process.pid}-${randomBytes(8).toString('hex')}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}
