/** Something that is read piece by piece, by one at a time. */
export interface Reading<T> {
  readonly pieces: AsyncGenerator<T, void, void>;
  /** Ends what it waits for. */
  readonly stop: AbortController;
}

const most = 8;

/**
 * Readings that were left in the middle and go on where they stopped: what comes after a place far down need not be found
 * from the beginning again. Which is only quicker: one that is not here any more is begun anew behind that place.
 */
export class Resumable<T> {
  readonly #waiting = new Map<string, Reading<T>>();

  /** It is the caller's alone from now on. */
  take(key: string): Reading<T> | undefined {
    const found = this.#waiting.get(key);
    this.#waiting.delete(key);
    return found;
  }

  /** The one that waits the longest gives way. */
  put(key: string, reading: Reading<T>): void {
    const before = this.take(key);
    if (before !== undefined) endReading(before);
    this.#waiting.set(key, reading);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > most && oldest !== undefined) {
      this.#waiting.delete(oldest[0]);
      endReading(oldest[1]);
    }
  }

  end(): void {
    for (const reading of this.#waiting.values()) endReading(reading);
    this.#waiting.clear();
  }
}

export function endReading({ pieces, stop }: Reading<unknown>): void {
  stop.abort();
  pieces.return().catch(() => {});
}
