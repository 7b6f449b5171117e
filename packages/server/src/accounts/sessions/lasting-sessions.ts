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
  readonly #cookie: string;
  readonly #byToken = new Prepared((reader, given: { token: string }) =>
    reader
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .leftJoin('session_proofs', 'session_proofs.session_id', 'sessions.id')
      .select(['sessions.id', 'sessions.created_at', 'sessions.expires_at', 'session_proofs.proved_at'])
      .select(['users.id as user_id', 'users.name', 'users.email'])
      .where('sessions.token', '=', given.token),
  );

  constructor(options: { database: Database; engine: Pick<AccountEngine, 'cookieKey'>; url: string }) {
    this.#database = options.database;
    this.#engine = options.engine;
    this.#cookie = sessionCookie(options.url).name;
  }

  /** @param now for the end that use does not put off; the other one is by better-auth's clock, which is the machine's */
  async find(cookies: string, now: Date): Promise<Session | undefined> {
    const token = signedToken(cookies, this.#cookie, await this.#engine.cookieKey());
    if (token === undefined) return undefined;
    const [row] = await this.#byToken.rows(this.#database.read, { token });
    if (row === undefined) return undefined;
    const prolonged = Date.parse(row.expires_at) - idleSeconds * 1_000;
    if (!(prolonged + prolongSeconds * 1_000 > Date.now())) return undefined;
    if (!(now.getTime() - Date.parse(row.created_at) < absoluteSeconds * 1_000)) return undefined;
    const { id, user_id, name, email, proved_at } = row;
    return { id, user: { id: user_id, name, email }, provedAt: proved_at ?? undefined };
  }
}
