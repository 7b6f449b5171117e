/**
 * Whom a request waits for. A connection on which nothing moves is cut only while the client is waited for: a
 * server that measures a full disk, or syncs a file, must not blame the client for its own silence.
 */
export class Client {
  #isAwaited = false;

  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Waits for something that the client must do: send the next piece, or take the last one. */
  async wait<Result>(step: Promise<Result>): Promise<Result> {
    this.#isAwaited = true;
    try {
      return await step;
    } finally {
      this.#isAwaited = false;
    }
  }
}
