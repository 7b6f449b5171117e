import type { RateLimits } from '../open-options.ts';
import { TokenBucket } from './token-bucket.ts';

/** How fast bytes may go to and come from one storage. */
export class Pace {
  readonly #up: TokenBucket | undefined;
  readonly #down: TokenBucket | undefined;

  constructor(limits: RateLimits = {}) {
    this.#up = limits.upload === undefined ? undefined : new TokenBucket(limits.upload);
    this.#down = limits.download === undefined ? undefined : new TokenBucket(limits.download);
  }

  get isLimited(): boolean {
    return this.#up !== undefined || this.#down !== undefined;
  }

  up(bytes: Uint8Array, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    return passing(bytes, this.#up, signal);
  }

  down(bytes: Uint8Array, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    return passing(bytes, this.#down, signal);
  }

  /** The same slices, not faster than may be sent. */
  async *sent(slices: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const slice of slices) yield* this.up(slice, signal);
  }
}

async function* passing(
  bytes: Uint8Array,
  bucket: TokenBucket | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (bucket === undefined) {
    yield bytes;
    return;
  }
  for (let at = 0; at < bytes.length; ) {
    // The rate may change between two slices.
    const slice = bytes.subarray(at, at + bucket.slice);
    at += slice.length;
    await bucket.take(slice.length, signal);
    yield slice;
  }
}
