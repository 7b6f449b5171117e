import { setTimeout as sleep } from 'node:timers/promises';

/** A bucket never holds more than what flows in this time: so long may a burst after a pause be. */
const BURST_MS = 250;

/** Lets at most so many bytes a second pass, over all who share it. */
export class TokenBucket {
  readonly #rate: number;
  #freeAt = 0;

  /** @param rate bytes a second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Bytes that pass in about a tenth of a second: good slices for a smooth flow. */
  get slice(): number {
    return Math.max(1024, Math.floor(this.#rate / 10));
  }

  /** Resolves when `bytes` may pass. They are counted at once, so those who come later wait longer. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(this.#freeAt, now - BURST_MS) + (bytes / this.#rate) * 1000;
    const wait = this.#freeAt - now;
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
