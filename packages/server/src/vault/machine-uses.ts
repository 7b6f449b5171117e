import {
  type Clock,
  type Database,
  describeFailure,
  instant,
  type Log,
  Recurring,
} from '../platform/index.ts';

export interface MachineUse {
  /** UTC. */
  readonly day: string;
  /** Of what the secrets were: `source`, `user` (second factors), `platform` and the like. */
  readonly what: string;
  readonly uses: number;
}

const everyMs = 60_000;

/**
 * How often the platform opened secrets for its own work: sums by the day, since a row for each would be one for every
 * connection to a database. They are written once a minute and at the end, so a process that is killed takes the uses
 * of its last minute along.
 */
export class MachineUses {
  readonly recurring: Recurring;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  #uses = new Map<string, number>();

  constructor(options: { database: Database; clock: Clock; log: Log }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.recurring = new Recurring({
      ...options,
      everyMs,
      failure: 'uses of the vault cannot be written down',
      turn: () => this.write(),
    });
  }

  /** `source:5c1f…` */
  note(owner: string): void {
    const what = owner.split(':', 1)[0] ?? owner;
    const key = `${instant(this.#clock.now()).slice(0, 10)} ${what}`;
    this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
  }

  async write(): Promise<void> {
    const uses = this.#uses;
    if (uses.size === 0) return;
    this.#uses = new Map();
    try {
      await this.#database.change(async (transaction) => {
        for (const [key, count] of uses) {
          const [day = '', what = ''] = key.split(' ');
          await transaction
            .insertInto('vault_machine_uses')
            .values({ day, what, uses: count })
            .onConflict((conflict) =>
              conflict
                .columns(['day', 'what'])
                .doUpdateSet((e) => ({ uses: e('vault_machine_uses.uses', '+', e.ref('excluded.uses')) })),
            )
            .execute();
        }
      });
    } catch (error) {
      for (const [key, count] of uses) this.#uses.set(key, (this.#uses.get(key) ?? 0) + count);
      throw error;
    }
  }

  /** The last time; the end of a process is not held up by a database that is away. */
  async end(): Promise<void> {
    await this.recurring.stop();
    try {
      await this.write();
    } catch (error) {
      this.#log.warn({ error: describeFailure(error) }, 'the last uses of the vault were not written down');
    }
  }

  /** The newest day first. */
  async list(days: number): Promise<MachineUse[]> {
    const since = instant(new Date(this.#clock.now().getTime() - days * 86_400_000)).slice(0, 10);
    const rows = await this.#database.read
      .selectFrom('vault_machine_uses')
      .selectAll()
      .where('day', '>', since)
      .orderBy('day', 'desc')
      .orderBy('what')
      .execute();
    return rows.map(({ day, what, uses }) => ({ day, what, uses }));
  }
}
