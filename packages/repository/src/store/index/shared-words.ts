/**
 * 32-bit words in shared memory that any thread may lengthen.
 *
 * A view that follows the buffer's length costs four times as much an access as a fixed one, so each thread
 * keeps a fixed view and makes a new one when it meets a word beyond it.
 */
import { RepositoryError } from '../../errors.ts';

/** Memory is taken in steps of this many words, 1 MiB. */
const STEP = 256 * 1024;

export class SharedWords {
  readonly buffer: SharedArrayBuffer;
  #view: Uint32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#view = new Uint32Array(buffer, 0, buffer.byteLength / 4);
  }

  /** Reserves addresses for `maximum` words; memory is taken only for those used. */
  static create(maximum: number): SharedWords {
    return new SharedWords(new SharedArrayBuffer(0, { maxByteLength: maximum * 4 }));
  }

  /** Makes sure that the words below `length` exist. New words are 0. */
  ensure(length: number): void {
    if (length <= this.#view.length) return;
    const limit = this.buffer.maxByteLength / 4;
    if (length > limit) {
      throw new RepositoryError(
        'repository.table-full',
        `the table of blobs cannot hold more than ${limit} words`,
        {
          advice: 'Finish this run and start another one, or split what is backed up.',
        },
      );
    }
    const wanted = Math.min(limit, Math.ceil(length / STEP) * STEP) * 4;
    try {
      if (wanted > this.buffer.byteLength) this.buffer.grow(wanted);
    } catch (error) {
      // Another thread grew it further in between, and a buffer cannot shrink.
      if (this.buffer.byteLength < length * 4) throw error;
    }
    this.#refresh();
  }

  /**
   * The words as they are now, at least up to `length`, for many plain reads: of words that were written before
   * something was seen that was published after them.
   */
  upTo(length: number): Uint32Array {
    if (length > this.#view.length) this.#refresh();
    return this.#view;
  }

  load(at: number): number {
    if (at >= this.#view.length) this.#refresh();
    return Atomics.load(this.#view, at);
  }

  store(at: number, value: number): void {
    if (at >= this.#view.length) this.#refresh();
    Atomics.store(this.#view, at, value);
  }

  /** Replaces a word when it is `from`; whether it was. */
  exchange(at: number, from: number, to: number): boolean {
    if (at >= this.#view.length) this.#refresh();
    return Atomics.compareExchange(this.#view, at, from, to) === from;
  }

  #refresh(): void {
    this.#view = new Uint32Array(this.buffer, 0, this.buffer.byteLength / 4);
  }
}
