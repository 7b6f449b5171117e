import type { Clock } from './clock.ts';
import type { Database } from './database/index.ts';

/** What another process did, and what follows from the time alone, is seen after so long. */
export const heldMs = 1_000;

/**
 * Something that is costly to make from the database, and good for all who ask within a second, or `forMs`. With `database` it is made
 * anew after a change that this process made: whoever changed something, or was told of it, never gets what was true before.
 */
export class Held<T> {
  readonly #make: () => Promise<T>;
  readonly #clock: Clock;
  readonly #database: Pick<Database, 'changes'> | undefined;
  readonly #forMs: number;
  #last: { readonly at: number; readonly changes: number; readonly made: Promise<T> } | undefined;

  constructor(options: {
    make: () => Promise<T>;
    clock: Clock;
    database?: Pick<Database, 'changes'>;
    forMs?: number;
  }) {
    this.#make = options.make;
    this.#clock = options.clock;
    this.#database = options.database;
    this.#forMs = options.forMs ?? heldMs;
  }

  /** What was made is true no more: whoever asks from now on has it made anew. */
  drop(): void {
    this.#last = undefined;
  }

  /** Those who ask while it is made get the same; a failure is told to them, and kept for nobody else. */
  async get(): Promise<T> {
    const at = this.#clock.now().getTime();
    const changes = this.#database?.changes ?? 0;
    const last = this.#last;
    // Counted from its beginning: what it is made of was read later. A clock that was set back makes it old as well.
    if (last !== undefined && last.changes === changes && Math.abs(at - last.at) < this.#forMs)
      return await last.made;
    const made = this.#make();
    this.#last = { at, changes, made };
    made.catch(() => {
      if (this.#last?.made === made) this.#last = undefined;
    });
    return await made;
  }
}
