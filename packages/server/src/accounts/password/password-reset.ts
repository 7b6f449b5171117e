import type { AuditLog, Origin } from '../../audit/index.ts';
import { type IdentitySeals, knownUser, sealedColumns } from '../../identity/index.ts';
import { type Clock, type Database, instant, NotFoundError, type Writer } from '../../platform/index.ts';
import type { Accounts } from '../accounts.ts';
import type { ApiKeys } from '../api-keys/api-keys.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import { resetLetter } from '../letters/reset-letter.ts';
import { newToken, tokenHash } from '../link-token.ts';
import { isEmail } from '../read-person.ts';
import { originOf, type Visit } from '../sessions/session.ts';
import { ofReset } from '../sign-in/attempts.ts';
import { Guesses } from '../sign-in/guesses.ts';
import { objection } from './password-rules.ts';

const lifeMs = 3_600_000;
/** The kind of its mail. */
const mailKind = 'password-reset';

export type ResetOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'used' }
  | { readonly kind: 'objection'; readonly objection: string };

export interface ResetUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** There is a second factor, and using the link turns it off. */
  readonly endsFactor: boolean;
  /** There is one, and it stays. */
  readonly keepsFactor: boolean;
  /** So many API keys work, and end when the link is used. */
  readonly keys: number;
  /** So many passkeys sign in, and are removed when the link is used. */
  readonly passkeys: number;
}

/** One-time links by which somebody who forgot the password chooses a new one. */
export class PasswordReset {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #engine: AccountEngine;
  readonly #identity: IdentitySeals;
  readonly #accounts: Accounts;
  readonly #keys: ApiKeys;
  readonly #guesses: Guesses;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    engine: AccountEngine;
    accounts: Accounts;
    identity: IdentitySeals;
    keys: ApiKeys;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#engine = options.engine;
    this.#identity = options.identity;
    this.#accounts = options.accounts;
    this.#keys = options.keys;
    this.#guesses = new Guesses(options);
    this.#engine.outbox.composeBy(mailKind, ({ recipient }) => this.#letter(recipient));
  }

  /** Whoever forgot the password can ask for a link. */
  get byMail(): boolean {
    return this.#engine.outbox.enabled;
  }

  /**
   * Somebody says to have forgotten the password. What is done here is the same whether there is such an account or
   * not, and takes as long: the account is looked up, and a link made, when the mail is sent.
   * @returns false when it was asked for too often
   */
  async ask(email: string, visit: Visit): Promise<boolean> {
    const to = email.trim().toLowerCase();
    if (!isEmail(to)) return true;
    const user = this.#database.read.selectFrom('users').select('id').where('email', '=', to);
    const id = (await user.executeTakeFirst())?.id;
    const record = { origin: originOf(visit), subject: id === undefined ? undefined : `user:${id}` };
    const guessed = { scope: `reset ${to}`, limit: ofReset };
    if (!(await this.#guesses.mayTry(guessed, visit, { ...record, action: 'password.link-limited' })))
      return false;
    const expiresAt = new Date(this.#clock.now().getTime() + lifeMs);
    await this.#database.change(async (transaction) => {
      await this.#engine.outbox.add(transaction, { kind: mailKind, to, expiresAt });
      await this.#audit.append(transaction, { ...record, action: 'password.link-asked' });
    });
    return true;
  }

  /**
   * The token of a link that is good for an hour, in place of any other of that account. It is for the owner of the
   * mailbox, or for somebody with a shell on this machine, who could change the database as well.
   * @param options.secondFactor whoever uses it has no second factor any more
   * @param options.origin who makes it at the command line
   * @throws NotFoundError when there is no such account
   */
  async make(
    email: string,
    options: { readonly secondFactor?: boolean; readonly origin?: Origin } = {},
  ): Promise<string> {
    const { token, hash } = newToken();
    const now = this.#clock.now();
    const endsFactor = options.secondFactor === true;
    const seal = await this.#identity.get();
    const rooms = { database: this.#database, identity: this.#identity };
    await this.#database.change(async (transaction) => {
      const user = await knownUser(rooms, { email: email.trim().toLowerCase() }, transaction);
      if (user === undefined) throw new NotFoundError(`account of ${email}`);
      await transaction
        .deleteFrom('password_resets')
        .where((e) => e.or([e('user_id', '=', user.id), e('expires_at', '<=', instant(now))]))
        .execute();
      await transaction
        .insertInto('password_resets')
        .values(
          seal.on('password_resets', {
            token_hash: hash,
            user_id: user.id,
            expires_at: instant(new Date(now.getTime() + lifeMs)),
            ends_second_factor: endsFactor ? 1 : 0,
          }),
        )
        .execute();
      await this.#audit.append(transaction, {
        action: 'password.link-made',
        origin: options.origin ?? {},
        subject: `user:${user.id}`,
        ...(endsFactor ? { after: { secondFactor: 'off' } } : {}),
      });
    });
    return token;
  }

  /** With every attempt at the mail a new link, so that none lies anywhere until it is sent. */
  async #letter(email: string) {
    try {
      return resetLetter({ email, link: `${this.#engine.url}/reset/${await this.make(email)}` });
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  /** Undefined when the link cannot be used (any more). */
  async user(token: string): Promise<ResetUser | undefined> {
    await this.#identity.get();
    const row = await this.#database.read
      .selectFrom('password_resets')
      .innerJoin('users', 'users.id', 'password_resets.user_id')
      .selectAll('password_resets')
      .select(['users.name', 'users.email', 'users.second_factor_since', 'users.seal as user_seal'])
      .where('password_resets.token_hash', '=', tokenHash(token))
      .where('password_resets.expires_at', '>', instant(this.#clock.now()))
      .executeTakeFirst();
    if (row === undefined || !(await this.#identity.isRight('password_resets', row))) return undefined;
    const { user_id: id, name, email, second_factor_since, user_seal: seal } = row;
    const user = { id, name, email };
    if (!(await this.#identity.isRight('users', { ...user, second_factor_since, seal }))) return undefined;
    const endsFactor = row.ends_second_factor === 1;
    const has = (await this.#accounts.secondFactor.state(user.id)) !== undefined;
    const keys = await this.#keys.count(user.id);
    const passkeys = (await this.#accounts.passkeys.list(user.id)).length;
    return { ...user, endsFactor: endsFactor && has, keepsFactor: !endsFactor && has, keys, passkeys };
  }

  /** The new password holds, all sessions, API keys and passkeys are over: somebody else may have had the account. */
  async use(token: string, password: string, visit: Visit): Promise<ResetOutcome> {
    const user = await this.user(token);
    if (user === undefined) return { kind: 'used' };
    const about = [user.name, user.email, 'octobox'];
    const bad = await objection({ password, secondFactor: user.keepsFactor, about });
    if (bad !== undefined) return { kind: 'objection', objection: bad };
    const passwordHash = await this.#engine.hashing.hash(password);
    const { internalAdapter } = await (await this.#engine.loaded()).$context;
    const { id, name, endsFactor } = user;
    const origin = { ...originOf(visit), actor: { id, name } };
    const done = await this.#engine.acts.by(origin, () =>
      this.#engine.acts.change(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('password_resets')
          .where('token_hash', '=', tokenHash(token))
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        if (await this.#hasPassword(transaction, id)) await internalAdapter.updatePassword(id, passwordHash);
        else {
          const account = { userId: id, providerId: 'credential', accountId: id, password: passwordHash };
          await internalAdapter.linkAccount(account);
        }
        await internalAdapter.deleteUserSessions(id);
        await this.#accounts.endHalfSignIns(transaction, id);
        await this.#keys.endAll(transaction, id, origin);
        await this.#accounts.passkeys.removeAll(transaction, id, origin);
        await this.#engine.notices.tell(transaction, id, 'password-changed');
        if (endsFactor) await this.#accounts.secondFactor.turnOff(transaction, id, origin);
        return true;
      }),
    );
    return { kind: done ? 'done' : 'used' };
  }

  /** One that the platform did not write goes, to make room for that of a person. */
  async #hasPassword(transaction: Writer, userId: string): Promise<boolean> {
    const rows = await transaction
      .selectFrom('sign_in_methods')
      .select([...sealedColumns.sign_in_methods, 'seal'])
      .where('provider', '=', 'credential')
      .where((e) => e.or([e('user_id', '=', userId), e('provider_account', '=', userId)]))
      .execute();
    const right = await this.#identity.rightOf('sign_in_methods', rows, transaction);
    for (const { id } of rows.filter((row) => !right.includes(row)))
      await transaction.deleteFrom('sign_in_methods').where('id', '=', id).execute();
    return right.length > 0;
  }
}
