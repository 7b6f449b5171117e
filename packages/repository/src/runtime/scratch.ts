/**
 * Memory that is used again and again for what is needed for a moment only. Fresh memory costs more than the work that
 * is done in it: the system hands it out a page at a time, and clears every page.
 */

import { release } from '@octobox/storage/release';

/** What is larger is made for once and not kept. */
const LARGEST_KEPT = 16 * 1024 * 1024 + 128 * 1024;
const SMALLEST = 64 * 1024;

/** Where a result is to lie. */
export interface Room {
  /** `length` bytes of anything. */
  take(length: number): Buffer;
}

export class Scratch implements Room {
  #memory = Buffer.alloc(0);

  /** `length` bytes of anything, until the next call. */
  take(length: number): Buffer {
    if (length > LARGEST_KEPT) return Buffer.allocUnsafeSlow(length);
    if (length > this.#memory.length) {
      // The collector would not see how much it is.
      release(this.#memory);
      this.#memory = Buffer.allocUnsafeSlow(roomFor(length));
    }
    return this.#memory.subarray(0, length);
  }

  /** Whether these bytes lie in this memory, and so will not last. */
  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.#memory.buffer;
  }
}

/** Small memory grows fast; of large memory what is too much counts. */
const roomFor = (length: number): number =>
  Math.max(SMALLEST, Math.min(length + Math.min(length, 512 * 1024), LARGEST_KEPT));
