import type { AuditLog } from '../audit/index.ts';
import { type Clock, type Database, instant, NotFoundError } from '../platform/index.ts';
import type { AccountEngine } from './account-engine.ts';
import { newToken, tokenHash } from './link-token.ts';
import { objection } from './password/password-rules.ts';
import { originOf, type Visit } from './session.ts';

const lifeMs = 3_600_000;

export type ResetOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'used' }
  | { readonly kind: 'objection'; readonly objection: string };

/** One-time links by which somebody who forgot the password chooses a new one. */
export class PasswordReset {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #engine: AccountEngine;

  constructor(options: { database: Database; clock: Clock; audit: AuditLog; engine: AccountEngine }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#engine = options.engine;
  }

  /**
   * The token of a link that is good for an hour, in place of any other of that account. Who asks has a shell on this
   * machine, and could change the database as well.
   * @throws NotFoundError when there is no such account
   */
  async make(email: string): Promise<string> {
    const { token, hash } = newToken();
    const now = this.#clock.now();
    await this.#database.change(async (transaction) => {
      const user = await transaction
        .selectFrom('users')
        .select('id')
        .where('email', '=', email.trim().toLowerCase())
        .executeTakeFirst();
      if (user === undefined) throw new NotFoundError(`account of ${email}`);
      await transaction
        .deleteFrom('password_resets')
        .where((e) => e.or([e('user_id', '=', user.id), e('expires_at', '<=', instant(now))]))
        .execute();
      await transaction
        .insertInto('password_resets')
        .values({
          token_hash: hash,
          user_id: user.id,
          expires_at: instant(new Date(now.getTime() + lifeMs)),
        })
        .execute();
      await this.#audit.append(transaction, {
        action: 'password.link-made',
        origin: {},
        subject: `user:${user.id}`,
      });
    });
    return token;
  }

  /** Undefined when the link cannot be used (any more). */
  async user(token: string): Promise<{ id: string; name: string; email: string } | undefined> {
    return await this.#database.read
      .selectFrom('password_resets')
      .innerJoin('users', 'users.id', 'password_resets.user_id')
      .select(['users.id', 'users.name', 'users.email'])
      .where('password_resets.token_hash', '=', tokenHash(token))
      .where('password_resets.expires_at', '>', instant(this.#clock.now()))
      .executeTakeFirst();
  }

  /** The new password holds, all sessions are over. */
  async use(token: string, password: string, visit: Visit): Promise<ResetOutcome> {
    const user = await this.user(token);
    if (user === undefined) return { kind: 'used' };
    const about = [user.name, user.email, 'octobox'];
    const bad = await objection({ password, secondFactor: false, about });
    if (bad !== undefined) return { kind: 'objection', objection: bad };
    const passwordHash = await this.#engine.hashing.hash(password);
    const { internalAdapter } = await (await this.#engine.loaded()).$context;
    const { id, name } = user;
    const done = await this.#engine.acts.by({ ...originOf(visit), actor: { id, name } }, () =>
      this.#engine.acts.change(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('password_resets')
          .where('token_hash', '=', tokenHash(token))
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await internalAdapter.updatePassword(id, passwordHash);
        await internalAdapter.deleteUserSessions(id);
        return true;
      }),
    );
    return { kind: done ? 'done' : 'used' };
  }
}
