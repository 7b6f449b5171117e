import type { IdentitySeals } from '../identity/index.ts';
import { type Clock, type Database, instant, type Reader, type Writer } from '../platform/index.ts';
import { newToken, tokenHash } from './link-token.ts';

/** Long enough to open a browser, short enough that a forgotten terminal gives nothing away. */
const lifeMs = 3_600_000;

/**
 * The one-time link by which the first owner is made. The database has the hash of its token alone; there is one
 * at most, so that a new one ends that before it.
 */
export class SetUpLink {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #identity: IdentitySeals;

  constructor(options: { database: Database; clock: Clock; identity: IdentitySeals }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#identity = options.identity;
  }

  /** A new token, in place of any other; undefined when there is an owner. */
  async make(): Promise<string | undefined> {
    const { token, hash } = newToken();
    const expiresAt = instant(new Date(this.#clock.now().getTime() + lifeMs));
    if (await hasOwner(this.#database.read)) return undefined;
    const seal = await this.#identity.get();
    return await this.#database.change(async (transaction) => {
      await transaction.deleteFrom('set_up_links').execute();
      if (await hasOwner(transaction)) return undefined;
      await transaction
        .insertInto('set_up_links')
        .values(seal.on('set_up_links', { token_hash: hash, expires_at: expiresAt }))
        .execute();
      return token;
    });
  }

  /** It can be used, for now. */
  async isValid(token: string, transaction?: Writer): Promise<boolean> {
    const reader: Reader = transaction ?? this.#database.read;
    const row = await reader
      .selectFrom('set_up_links')
      .selectAll()
      .where('token_hash', '=', tokenHash(token))
      .where('expires_at', '>', instant(this.#clock.now()))
      .executeTakeFirst();
    if (row === undefined || !(await this.#identity.isRight('set_up_links', row, transaction))) return false;
    return !(await hasOwner(reader));
  }

  /** False when it cannot be used; true once at most. */
  async use(transaction: Writer, token: string): Promise<boolean> {
    if (!(await this.isValid(token, transaction))) return false;
    await transaction.deleteFrom('set_up_links').execute();
    return true;
  }
}

export async function hasOwner(reader: Reader): Promise<boolean> {
  const row = await reader
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select('users.id')
    .where('members.role', '=', 'owner')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
