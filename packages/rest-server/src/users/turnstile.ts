import { Refusal } from '../errors.ts';

/** Lets a few in at once and keeps a short queue; who comes when that is full is sent away. */
export class Turnstile {
  readonly #atOnce: number;
  readonly #longestQueue: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(atOnce: number, longestQueue: number) {
    this.#atOnce = atOnce;
    this.#longestQueue = longestQueue;
  }

  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#inside < this.#atOnce) this.#inside += 1;
    else await this.#queue();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }

  /** Resolves with a place inside, which the one who leaves hands over. */
  #queue(): Promise<void> {
    if (this.#waiting.length >= this.#longestQueue) {
      throw new Refusal(503, 'too many passwords to look at', { headers: { 'retry-after': '5' } });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
