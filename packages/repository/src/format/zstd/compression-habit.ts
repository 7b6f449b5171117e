/**
 * Chooses how to compress the blobs of a stream or of a large file, which are much alike: now and then the beginning of
 * one is compressed in both ways, and what makes it smaller is good for those behind it.
 */

import { Scratch } from '../../runtime/scratch.ts';
import { type CompressionWay, compressInto } from './compression.ts';

/** How much of a blob is compressed in two ways to see which is better. */
const TRIED = 256 * 1024;
/** So many blobs of a stream are compressed as the one that was tried. */
const ALIKE = 8;
const scratch = new Scratch();

export class CompressionHabit {
  #way: CompressionWay = 'auto';
  #next = 0;

  /** What comes now is another stream. */
  reset(): void {
    this.#next = 0;
  }

  /** How to compress the next blob. */
  wayFor(plain: Uint8Array): CompressionWay {
    if (this.#next-- > 0) return this.#way;
    this.#next = ALIKE - 1;
    const tried = plain.subarray(0, TRIED);
    const usual = compressInto(scratch, tried).length;
    this.#way = compressInto(scratch, tried, 'repetitive').length <= usual ? 'repetitive' : 'auto';
    return this.#way;
  }
}
