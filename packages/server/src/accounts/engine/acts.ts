import { AsyncLocalStorage } from 'node:async_hooks';
import type { Origin } from '../../audit/index.ts';
import type { Database, Writer } from '../../platform/index.ts';

interface Act {
  readonly origin: Origin;
  readonly transaction?: Writer | undefined;
}

/**
 * Who acts, and the transaction that their change runs in, handed through better-auth, which knows of neither. What
 * is changed within a change joins it; without that a second one would wait for the first for ever.
 */
export class Acts {
  readonly #database: Database;
  readonly #current = new AsyncLocalStorage<Act>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Everything in `work` is done by this person, from there. */
  async by<T>(origin: Origin, work: () => Promise<T>): Promise<T> {
    return await this.#current.run({ origin }, work);
  }

  get origin(): Origin {
    return this.#current.getStore()?.origin ?? {};
  }

  get transaction(): Writer | undefined {
    return this.#current.getStore()?.transaction;
  }

  async change<T>(work: (transaction: Writer) => Promise<T>): Promise<T> {
    const { transaction } = this;
    if (transaction !== undefined) return await work(transaction);
    const { origin } = this;
    return await this.#database.change((mine) =>
      this.#current.run({ origin, transaction: mine }, () => work(mine)),
    );
  }
}
