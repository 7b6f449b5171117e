/** The bytes of one pack, for a check that reads it from its beginning to its end. */
import { closeSync, openSync, read } from 'node:fs';

export interface PackBytes {
  /** How much is best read at once. */
  readonly pieceLength: number;
  /** Exactly this range. The bytes last until the read after the next one begins. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What is longer is not kept. */
const LARGEST_KEPT = 4 * 1024 * 1024;

/** Memory for two reads at a time, kept from one pack to the next. */
export class ReadBuffers {
  readonly #buffers = [Buffer.alloc(0), Buffer.alloc(0)];
  #turn = 0;

  take(length: number): Buffer {
    this.#turn = 1 - this.#turn;
    const buffer = this.#buffers[this.#turn] as Buffer;
    if (length <= buffer.length) return buffer.subarray(0, length);
    const larger = Buffer.allocUnsafeSlow(length);
    if (length <= LARGEST_KEPT) this.#buffers[this.#turn] = larger;
    return larger;
  }
}

/** A pack that lies on this machine as it is. */
export class PackFile implements PackBytes, Disposable {
  readonly pieceLength = 1024 * 1024;
  readonly #file: number;
  readonly #buffers: ReadBuffers;

  constructor(path: string, buffers: ReadBuffers) {
    this.#file = openSync(path, 'r');
    this.#buffers = buffers;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const buffer = this.#buffers.take(length);
    for (let done = 0; done < length; ) {
      const got = await this.#read(buffer, done, offset + done);
      if (got === 0) throw new RangeError(`the file ends at ${offset + done}`);
      done += got;
    }
    return buffer;
  }

  #read(buffer: Buffer, at: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#file, buffer, at, buffer.length - at, position, (error, count) => {
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
