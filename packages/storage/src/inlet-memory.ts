import { LayerStream } from './layers/layer-stream.ts';

/** One and a half mebibytes. */
const SMALL = 1536 * 1024;

/**
 * Memory for two reads at a time, to be used for one file after another. Of reads of
 * more than a mebibyte there may be one only.
 */
export class InletMemory {
  readonly #large = new Kept();
  readonly #turns = [new Kept(this.#large), new Kept(this.#large)];
  #turn = 0;
  #stream: LayerStream | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Reads of all files one after another. */
  inTurn<T>(read: () => Promise<T>): Promise<T> {
    const reading = this.#last.then(read);
    this.#last = reading.catch(() => {});
    return reading;
  }

  /** Where the next read is to lie. */
  turn(): Kept {
    this.#turn = 1 - this.#turn;
    return this.#turns[this.#turn] as Kept;
  }

  get stream(): LayerStream {
    this.#stream ??= new LayerStream();
    return this.#stream;
  }
}

/** One buffer, which grows with what is wanted. */
class Kept {
  #buffer = Buffer.alloc(0);
  readonly #large: Kept | undefined;

  constructor(large?: Kept) {
    this.#large = large;
  }

  take(length: number): Buffer {
    if (this.#large !== undefined && length > SMALL) return this.#large.take(length);
    if (length > this.#buffer.length) {
      // What was here is not in use any more, and the collector would not see how much it is.
      if (this.#buffer.buffer instanceof ArrayBuffer) this.#buffer.buffer.transfer(0);
      this.#buffer = Buffer.allocUnsafeSlow(length + Math.min(length >>> 3, 512 * 1024));
    }
    return this.#buffer.subarray(0, length);
  }
}
