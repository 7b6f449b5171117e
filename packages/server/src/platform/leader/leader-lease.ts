import { randomUUID } from 'node:crypto';
import { type Clock, instant } from '../clock.ts';
import type { Database } from '../database/index.ts';

/** The right to lead, for a time; at any moment one process has it, by the database that all of them share. */
export class LeaderLease {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #holder = `${process.pid}-${randomUUID()}`;

  constructor(options: { database: Database; clock: Clock; name: string }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#name = options.name;
  }

  /** Takes or prolongs it by `ms` from now, if nobody else has it. */
  async take(ms: number): Promise<boolean> {
    const now = this.#clock.now();
    const held_until = instant(new Date(now.getTime() + ms));
    const [name, holder] = [this.#name, this.#holder];
    // Looked for without the lock of changes first: who follows asks again and again.
    const row = await this.#database.read
      .selectFrom('leader_leases')
      .select(['holder', 'held_until'])
      .where('name', '=', name)
      .executeTakeFirst();
    if (row !== undefined && row.holder !== holder && row.held_until > instant(now)) return false;
    const taken = await this.#database.change((transaction) =>
      transaction
        .insertInto('leader_leases')
        .values({ name, holder, held_until })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ holder, held_until })
            .where((e) =>
              e.or([
                e('leader_leases.holder', '=', holder),
                e('leader_leases.held_until', '<=', instant(now)),
              ]),
            ),
        )
        .returning('holder')
        .executeTakeFirst(),
    );
    return taken !== undefined;
  }

  /** The next one need not wait for its end. */
  async release(): Promise<void> {
    await this.#database.change((transaction) =>
      transaction
        .deleteFrom('leader_leases')
        .where('name', '=', this.#name)
        .where('holder', '=', this.#holder)
        .execute(),
    );
  }
}
