/** What one folder holds, kept up to date in memory, and measured on the disk when that may be wrong. */
export class Usage {
  readonly #measure: () => Promise<number>;
  #stored = 0;
  #reserved = 0;
  #measuredAt: number | undefined;
  #measuring: Promise<void> | undefined;
  /** Changes since a measurement under way began; it may have seen them or not. */
  #drift = 0;

  constructor(measure: () => Promise<number>) {
    this.#measure = measure;
  }

  /** bytes, those of uploads under way too */
  get bytes(): number {
    return this.#stored + this.#reserved;
  }

  /** Before anything in the folder is changed: its size must be known, or be taken later. */
  async ready(): Promise<void> {
    if (this.#measuredAt === undefined) await this.measure();
  }

  /** Waits for a first measurement under way, and starts none. */
  async settled(): Promise<void> {
    if (this.#measuredAt === undefined) await this.#measuring;
  }

  /** Somebody else may have changed the folder since it was measured so long ago. */
  isOlderThan(ms: number): boolean {
    return this.#measuredAt === undefined || Date.now() - this.#measuredAt > ms;
  }

  measure(): Promise<void> {
    this.#measuring ??= this.#look().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  reserve(bytes: number): void {
    this.#reserved += bytes;
  }

  /** Ends a reservation: so much of it is stored now. */
  settle(reserved: number, stored: number): void {
    this.#reserved -= reserved;
    this.#change(stored);
  }

  freed(bytes: number): void {
    this.#change(-bytes);
  }

  async #look(): Promise<void> {
    this.#drift = 0;
    const found = await this.#measure();
    // Rather too much than too little, until the next measurement: it may have missed all of the drift. But what it
    // found and what the books say may be the same files, and those are not to be counted twice.
    const most = found + Math.max(0, this.#drift);
    this.#stored = this.#measuredAt === undefined ? most : Math.min(most, Math.max(found, this.#stored));
    this.#measuredAt = Date.now();
  }

  #change(bytes: number): void {
    this.#stored += bytes;
    this.#drift += bytes;
  }
}
