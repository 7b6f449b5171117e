import { memberColumns, membershipAlong } from '../../access/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import { type Database, Prepared } from '../../platform/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import type { Session } from './session.ts';
import { absoluteSeconds, idleSeconds, prolongSeconds, sessionCookie } from './session-rules.ts';
import { signedToken } from './signed-token.ts';

/**
 * Sessions of which nothing is to be written: they are not over, and need not be prolonged yet. They are read by one statement,
 * for each request anew; better-auth takes three times as long, and is asked about all others.
 */
export class LastingSessions {
  readonly #database: Database;
  readonly #engine: Pick<AccountEngine, 'cookieKey'>;
  readonly #identity: IdentitySeals;
  readonly #cookie: string;
  readonly #byToken = new Prepared((reader, given: { token: string }) =>
    reader
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .leftJoin('members', 'members.user_id', 'users.id')
      .leftJoin('session_proofs', 'session_proofs.session_id', 'sessions.id')
      .select([
        'sessions.id',
        'sessions.user_id',
        'sessions.token',
        'sessions.created_at',
        'sessions.expires_at',
      ])
      .select(['users.name', 'users.email', 'users.second_factor_since', 'session_proofs.proved_at'])
      .select(['sessions.seal', 'users.seal as user_seal', 'session_proofs.seal as proof_seal'])
      .select(memberColumns)
      .where('sessions.token', '=', given.token),
  );

  constructor(options: {
    database: Database;
    engine: Pick<AccountEngine, 'cookieKey'>;
    identity: IdentitySeals;
    url: string;
  }) {
    this.#database = options.database;
    this.#identity = options.identity;
    this.#engine = options.engine;
    this.#cookie = sessionCookie(options.url).name;
  }

  /** @param now for the end that use does not put off; the other one is by better-auth's clock, which is the machine's */
  async find(cookies: string, now: Date): Promise<Session | undefined> {
    const token = signedToken(cookies, this.#cookie, await this.#engine.cookieKey());
    if (token === undefined) return undefined;
    await this.#identity.get();
    const [row] = await this.#byToken.rows(this.#database.read, { token });
    if (row === undefined) return undefined;
    const prolonged = Date.parse(row.expires_at) - idleSeconds * 1_000;
    if (!(prolonged + prolongSeconds * 1_000 > Date.now())) return undefined;
    if (!(now.getTime() - Date.parse(row.created_at) < absoluteSeconds * 1_000)) return undefined;
    const { id, user_id, name, email, second_factor_since, proved_at } = row;
    const user = { id: user_id, name, email };
    if (!(await this.#identity.isRight('sessions', row))) return undefined;
    const sealed = { ...user, second_factor_since, seal: row.user_seal };
    if (!(await this.#identity.isRight('users', sealed))) return undefined;
    const isProved =
      proved_at !== null &&
      (await this.#identity.isRight('session_proofs', { session_id: id, proved_at, seal: row.proof_seal }));
    const membership = await membershipAlong(row, this.#identity);
    return { id, user, membership, provedAt: isProved ? proved_at : undefined };
  }
}
