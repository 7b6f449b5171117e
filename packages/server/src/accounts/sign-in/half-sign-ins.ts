import type { IdentitySeals } from '../../identity/index.ts';
import { type Clock, type Database, instant, type Writer } from '../../platform/index.ts';
import { newToken, tokenHash } from '../link-token.ts';
import type { Visit } from '../sessions/session.ts';
import { halfSignInCookie, halfSignInSeconds } from '../sessions/session-rules.ts';

/**
 * Somebody knew the password, and owes the code of the second factor. That is no session and opens nothing: a cookie
 * with a token, good once and for some minutes, of which the database has the hash.
 */
export class HalfSignIns {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #identity: IdentitySeals;
  readonly #cookie: { readonly name: string; readonly secure: boolean };

  constructor(options: { database: Database; clock: Clock; identity: IdentitySeals; url: string }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#identity = options.identity;
    this.#cookie = halfSignInCookie(options.url);
  }

  /** The `Set-Cookie` value that a browser is to send back with the code. */
  async begin(transaction: Writer, userId: string): Promise<string> {
    const { token, hash } = newToken();
    const now = this.#clock.now();
    await transaction.deleteFrom('half_sign_ins').where('expires_at', '<=', instant(now)).execute();
    const expires_at = instant(new Date(now.getTime() + halfSignInSeconds * 1_000));
    const seal = await this.#identity.get(transaction);
    await transaction
      .insertInto('half_sign_ins')
      .values(seal.on('half_sign_ins', { token_hash: hash, user_id: userId, expires_at }))
      .execute();
    return this.#setCookie(token, halfSignInSeconds);
  }

  /** Whose it is; undefined: there is none, or it is over. */
  async user(visit: Visit): Promise<{ id: string; name: string; email: string } | undefined> {
    const token = this.#token(visit);
    if (token === undefined) return undefined;
    await this.#identity.get();
    const row = await this.#database.read
      .selectFrom('half_sign_ins')
      .innerJoin('users', 'users.id', 'half_sign_ins.user_id')
      .selectAll('half_sign_ins')
      .select(['users.name', 'users.email', 'users.second_factor_since', 'users.seal as user_seal'])
      .where('half_sign_ins.token_hash', '=', tokenHash(token))
      .where('half_sign_ins.expires_at', '>', instant(this.#clock.now()))
      .executeTakeFirst();
    if (row === undefined || !(await this.#identity.isRight('half_sign_ins', row))) return undefined;
    const { user_id: id, name, email, second_factor_since, user_seal: seal } = row;
    const isOurs = await this.#identity.isRight('users', { id, name, email, second_factor_since, seal });
    return isOurs ? { id, name, email } : undefined;
  }

  /** Ends it; true once at most. */
  async use(transaction: Writer, visit: Visit): Promise<boolean> {
    const used = await transaction
      .deleteFrom('half_sign_ins')
      .where('token_hash', '=', tokenHash(this.#token(visit) ?? ''))
      .where('expires_at', '>', instant(this.#clock.now()))
      .executeTakeFirst();
    return used.numDeletedRows > 0n;
  }

  /** All of a user: the password that they rest on holds no more. */
  async endAll(transaction: Writer, userId: string): Promise<void> {
    await transaction.deleteFrom('half_sign_ins').where('user_id', '=', userId).execute();
  }

  /** What makes a browser forget it. */
  get endedCookie(): string {
    return this.#setCookie('', 0);
  }

  #setCookie(token: string, seconds: number): string {
    const { name, secure } = this.#cookie;
    return `${name}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  #token({ cookie }: Visit): string | undefined {
    const pairs = (cookie ?? '').split(';').map((pair) => pair.trim());
    return pairs
      .find((pair) => pair.startsWith(`${this.#cookie.name}=`))
      ?.slice(this.#cookie.name.length + 1);
  }
}
