import { type Clock, type Database, instant, type Reader, type Writer } from '../platform/index.ts';
import type { KeyHolder } from './key-holder.ts';
import type { PublicKey } from './public-key.ts';

/**
 * Which key is the current one, as the database has it: fingerprints alone. It holds no public key, because who can
 * write to the database could put his own there, and would read what is sealed from then on.
 */
export class KeyRegister {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #holder: KeyHolder;

  constructor(options: { database: Database; clock: Clock; holder: KeyHolder }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#holder = options.holder;
  }

  /**
   * Enters the holder's first key when there is no current one; of nodes that do so at once one is first. A key that is
   * lost is never replaced unasked.
   */
  async prepare(): Promise<void> {
    if ((await currentIn(this.#database.read)) !== undefined) return;
    // Made here, since it may take a second; of many who make one at once all get the same.
    const key = await this.#holder.first();
    const current = await this.#database.change(async (transaction) => {
      const known = await currentIn(transaction);
      if (known === undefined) await this.#enter(transaction, key);
      return known ?? key.fingerprint;
    });
    if (current !== key.fingerprint) await this.#holder.giveUp(key);
  }

  /** The current key's fingerprint; it stays the current one until the transaction ends. */
  async current(transaction: Writer): Promise<string> {
    const known = await currentIn(transaction);
    if (known !== undefined) return known;
    const key = await this.#holder.first();
    await this.#enter(transaction, key);
    return key.fingerprint;
  }

  /** Whether it is the current key, or was. */
  async knows(transaction: Writer, { fingerprint }: PublicKey): Promise<boolean> {
    const row = await transaction
      .selectFrom('vault_keys')
      .select('state')
      .where('fingerprint', '=', fingerprint)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Makes a key the current one, and the one before it the retiring one. */
  async succeed(transaction: Writer, key: PublicKey): Promise<void> {
    await transaction
      .updateTable('vault_keys')
      .set({ state: 'retiring', since: instant(this.#clock.now()) })
      .where('state', '=', 'current')
      .execute();
    await this.#enter(transaction, key);
  }

  /** All that are not the current one any more and that no secret needs. */
  async retire(transaction: Writer): Promise<void> {
    await transaction
      .updateTable('vault_keys')
      .set({ state: 'retired', since: instant(this.#clock.now()) })
      .where('state', '=', 'retiring')
      .where('fingerprint', 'not in', (e) => e.selectFrom('vault_secrets').select('fingerprint'))
      .execute();
  }

  /** Fingerprints of keys that no secret needs any more. */
  async retired(transaction: Writer): Promise<ReadonlySet<string>> {
    return await this.#inState(transaction, 'retired');
  }

  /** Whether a rotation has begun and not ended. */
  async isRetiring(transaction: Writer): Promise<boolean> {
    return (await this.#inState(transaction, 'retiring')).size > 0;
  }

  async #inState(transaction: Writer, state: 'retired' | 'retiring'): Promise<ReadonlySet<string>> {
    const rows = await transaction
      .selectFrom('vault_keys')
      .select('fingerprint')
      .where('state', '=', state)
      .execute();
    return new Set(rows.map(({ fingerprint }) => fingerprint));
  }

  /** Also one that was entered before: a key file that is put back beside a database that has no current key. */
  async #enter(transaction: Writer, { fingerprint, bits }: PublicKey): Promise<void> {
    const content = { bits, state: 'current', since: instant(this.#clock.now()) } as const;
    await transaction
      .insertInto('vault_keys')
      .values({ fingerprint, ...content })
      .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet(content))
      .execute();
  }
}

async function currentIn(reader: Pick<Reader, 'selectFrom'>): Promise<string | undefined> {
  const row = await reader
    .selectFrom('vault_keys')
    .select('fingerprint')
    .where('state', '=', 'current')
    .executeTakeFirst();
  return row?.fingerprint;
}
