import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, sql, type Transaction } from 'kysely';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** Selects only, by convention of its users; changes go through `change`. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'fn' | 'with'>;
export type Writer = Transaction<Tables>;

export class Database {
  readonly kind: Engine['kind'];
  /** For people: the file, or "octobox at db.internal:5432". */
  readonly where: string;
  readonly #kysely: Kysely<Tables>;
  readonly #reading: Kysely<Tables>;
  readonly #engine: Engine;
  /** The change that this is done for. What was begun in it may outlive it. */
  readonly #within = new AsyncLocalStorage<{ isOver: boolean }>();
  #turn: Promise<unknown> = Promise.resolve();
  #changes = 0;
  #whole: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor(kysely: Kysely<Tables>, engine: Engine, options: { readonly checked: boolean }) {
    if (options.checked) this.#whole = Promise.resolve();
    this.kind = engine.kind;
    this.where = engine.where;
    this.#kysely = kysely;
    const { readDialect } = engine;
    this.#reading = readDialect === undefined ? kysely : new Kysely<Tables>({ dialect: readDialect });
    this.#engine = engine;
  }

  /**
   * What is committed. Within a change its transaction reads: this would see what was before it, on PostgreSQL by a
   * second connection, and on SQLite wait for the end of the change that waits for it.
   */
  get read(): Reader {
    if (this.#isWithin) throw new Error('this reads beside the transaction of a change: hand that on');
    return this.#reading;
  }

  get #isWithin(): boolean {
    return this.#within.getStore()?.isOver === false;
  }

  /** How many changes of this process have ended, whether they were kept or not: before it grows none is visible to its readers. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Resolves when all of it was read and nothing is damaged. No change begins before that: nothing is written to a database
   * that is damaged.
   * @throws DatabaseDamagedError, and then every change does
   */
  async whole(): Promise<void> {
    this.#whole ??= this.#engine.check(this.#closing.signal);
    await this.#whole;
  }

  /**
   * Runs `work`, once, in one transaction that excludes every other change, of this process and of others: what it
   * read stays true until it ends. Nothing but database work belongs in it, and no other `change`.
   */
  async change<T>(work: (transaction: Writer) => Promise<T>): Promise<T> {
    if (this.#isWithin) throw new Error('a change within a change waits for itself: hand its transaction on');
    await this.whole();
    const around = { isOver: false };
    // Those of this process wait here: each would hold a connection while it waits in the database.
    const mine = this.#turn.then(() =>
      this.#kysely
        .transaction()
        .execute(async (transaction) => {
          await this.#engine.lockForChange(transaction as unknown as Kysely<unknown>);
          return await this.#within.run(around, work, transaction);
        })
        .finally(() => {
          around.isOver = true;
        }),
    );
    this.#turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#changes++;
    }
  }

  /**
   * Statements that bring their own transactions, on one connection beside the changes; for PostgreSQL alone. What they leave
   * open when one fails is rolled back.
   */
  async apart<T>(work: (connection: Kysely<unknown>) => Promise<T>): Promise<T> {
    return await this.#kysely.connection().execute(async (connection) => {
      try {
        return await work(connection as unknown as Kysely<unknown>);
      } catch (error) {
        await sql`rollback`.execute(connection).catch(() => undefined);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#kysely.destroy(), this.#engine.close()]);
  }
}
