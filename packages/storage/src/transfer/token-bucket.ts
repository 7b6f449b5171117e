import { setTimeout as sleep } from 'node:timers/promises';
import type { Rate } from '../open-options.ts';

/** A bucket never holds more than what flows in this time: so long may a burst after a pause be. */
const BURST_MS = 250;

/** While nothing limits the flow: a change of the rate must not wait for a large piece. */
const UNLIMITED_SLICE = 256 * 1024;

/** Lets at most so many bytes a second pass, over all who share it. */
export class TokenBucket {
  readonly #rate: () => number | undefined;
  #freeAt = 0;

  /** @param rate bytes a second; a function is asked again for every slice, and undefined is no limit */
  constructor(rate: Rate) {
    this.#rate = typeof rate === 'number' ? () => rate : rate;
  }

  /** Bytes that pass in about a tenth of a second: good slices for a smooth flow. */
  get slice(): number {
    const rate = this.#rate();
    return rate === undefined ? UNLIMITED_SLICE : Math.max(1024, Math.floor(rate / 10));
  }

  /** Resolves when `bytes` may pass. They are counted at once, so those who come later wait longer. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    const rate = this.#rate();
    if (rate === undefined) {
      this.#freeAt = now;
      signal?.throwIfAborted();
      return;
    }
    this.#freeAt = Math.max(this.#freeAt, now - BURST_MS) + (bytes / rate) * 1000;
    const wait = this.#freeAt - now;
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
