import { CompiledQuery, type Kysely, sql } from 'kysely';
import type { Db } from 'pg-boss';
import { type Clock, instant, systemClock } from '../../clock.ts';
import type { Database, Writer } from '../../database/index.ts';

/** The schema of pg-boss's own tables, beside ours: the names it gives them are short ones. */
export const bossSchema = 'octobox_queue';

type Executor = Pick<Kysely<unknown>, 'executeQuery'>;

/**
 * Runs pg-boss's statements on the platform's own connections: in a change, or apart when they bring their own transaction.
 * Its time is the database's, one for all nodes. A clock that is not the machine's is told to it with every statement.
 */
export class BossStatements implements Db {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(options: { database: Database; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  async executeSql(text: string, values?: unknown[]) {
    return await this.#database.apart((connection) => this.#run(connection, text, values, false));
  }

  /** The same within a change. */
  within(transaction: Writer): Db {
    return { executeSql: (text, values) => this.#run(transaction, text, values, true) };
  }

  async #run(executor: Executor, text: string, values: unknown[] = [], isLocal: boolean) {
    if (this.#hasOtherTime) {
      const now = sql`select set_config('octobox.now', ${instant(this.#clock.now())}, ${isLocal})`;
      await now.execute(executor as Kysely<unknown>);
    }
    const { rows } = await executor.executeQuery<unknown>(CompiledQuery.raw(text, values));
    return { rows };
  }

  get #hasOtherTime(): boolean {
    return this.#clock !== systemClock;
  }

  /** Lets pg-boss's schema ask for the time that is told to it; after that was made. */
  async followClock(): Promise<void> {
    if (!this.#hasOtherTime) return;
    await this.executeSql(`create or replace function ${bossSchema}.job_now() returns timestamp with time zone as
      $$ select coalesce(nullif(current_setting('octobox.now', true), '')::timestamptz, pg_catalog.now()) $$
      language sql stable`);
  }
}
