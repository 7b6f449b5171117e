import { randomUUID } from 'node:crypto';
import type { AuditLog, Origin } from '../audit/index.ts';
import { type Clock, type Database, instant, type Writer } from '../platform/index.ts';
import type { AccountEngine } from './account-engine.ts';
import { Attempts, ofAccount, ofAddress } from './attempts.ts';
import { networkOf } from './network-of.ts';
import { longest, objection } from './password/password-rules.ts';
import { type NewOwner, readOwner } from './read-person.ts';
import { headersOf } from './request-headers.ts';
import { originOf, type Session, type SessionReport, type Visit } from './session.ts';
import { absoluteSeconds, sessionCookie } from './session-rules.ts';
import { hasOwner, SetUpLink } from './set-up-link.ts';
import type { PasswordOutcome, SetUpOutcome, SignInOutcome } from './sign-in-outcome.ts';

export interface AccountsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly engine: AccountEngine;
  /** Where people reach the console. */
  readonly url: string;
}

const networkScope = ({ address }: Visit): string => `address ${networkOf(address ?? '')}`;

/** Who may sign in, and who is signed in. Every change and every sign-in is in the audit log. */
export class Accounts {
  readonly setUpLink: SetUpLink;
  readonly #options: AccountsOptions;
  readonly #engine: AccountEngine;
  readonly #attempts: Attempts;
  #hasOwner = false;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.setUpLink = new SetUpLink(options);
    this.#engine = options.engine;
    this.#attempts = new Attempts(options.clock);
  }

  /** What makes a browser forget its session. */
  get endedCookie(): string {
    const { name, secure } = sessionCookie(this.#options.url);
    return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** Until then nothing of the accounts answers. */
  async hasOwner(): Promise<boolean> {
    this.#hasOwner ||= await hasOwner(this.#options.database.read);
    return this.#hasOwner;
  }

  /** Makes the organisation and its owner, who is signed in then. */
  async setUp(token: string, given: NewOwner, visit: Visit): Promise<SetUpOutcome> {
    if (!(await this.setUpLink.isValid(token))) return { kind: 'used' };
    const owner = readOwner(given);
    if ('field' in owner) return { kind: 'objection', ...owner };
    const about = [owner.name, owner.email, owner.organisation, 'octobox'];
    const bad = await objection({ password: owner.password, secondFactor: false, about });
    if (bad !== undefined) return { kind: 'objection', field: 'password', objection: bad };
    const made = await this.#engine.addUser(
      owner,
      originOf(visit),
      (transaction) => this.setUpLink.use(transaction, token),
      (transaction, user) => this.#makeOrganisation(transaction, owner.organisation, user, visit),
    );
    if (made === undefined) return { kind: 'used' };
    const outcome = await this.signIn(owner, visit);
    return { kind: 'done', cookies: outcome.kind === 'signed-in' ? outcome.cookies : [] };
  }

  async signIn(given: { email: string; password: string }, visit: Visit): Promise<SignInOutcome> {
    const email = given.email.trim().toLowerCase().slice(0, 254);
    const account = `account ${email}`;
    const { database, audit } = this.#options;
    const userId = (
      await database.read.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
    )?.id;
    const subject = userId === undefined ? undefined : `user:${userId}`;
    const origin = originOf(visit);
    if (!(await this.#mayTry(account, visit, { action: 'sign-in.limited', origin, subject }))) {
      return { kind: 'limited' };
    }
    const auth = await this.#engine.loaded();
    const response = await this.#engine.acts.by(origin, () =>
      auth.api.signInEmail({
        // An address that is none would be refused at once, and tell that nothing was looked up.
        body: {
          email: isAddress(email) ? email : 'nobody@invalid.example',
          password: given.password.slice(0, 2 * longest),
        },
        headers: headersOf({ ...visit, cookie: undefined }),
        asResponse: true,
      }),
    );
    if (!response.ok) {
      if (response.status >= 500) throw new Error(`signing in failed with status ${response.status}`);
      await database.change((transaction) =>
        audit.append(transaction, { action: 'sign-in.refused', origin, subject }),
      );
      return { kind: 'refused' };
    }
    await database.change(async (transaction) => {
      await this.#attempts.forget(transaction, account);
      await this.#attempts.giveBack(transaction, networkScope(visit));
      const now = instant(this.#options.clock.now());
      await transaction.deleteFrom('sessions').where('expires_at', '<=', now).execute();
    });
    if (userId !== undefined) await this.#rehash(userId, given.password);
    return { kind: 'signed-in', cookies: response.headers.getSetCookie() };
  }

  /** Undefined when nobody is signed in, or the session is over. */
  async session(visit: Visit): Promise<Session | undefined> {
    if (visit.cookie === undefined || !visit.cookie.includes('octobox-session=')) return undefined;
    const auth = await this.#engine.loaded();
    const found = await this.#engine.acts.by(originOf(visit), () =>
      auth.api.getSession({ headers: headersOf(visit) }),
    );
    if (found === null) return undefined;
    const { session, user } = found;
    const age = this.#options.clock.now().getTime() - session.createdAt.getTime();
    if (age < absoluteSeconds * 1_000) {
      return { id: session.id, user: { id: user.id, name: user.name, email: user.email } };
    }
    const { internalAdapter } = await auth.$context;
    await this.#engine.acts.by(originOf(visit), () => internalAdapter.deleteSession(session.token));
    return undefined;
  }

  /** Those that are not over, the one used last first. */
  async sessions({ user }: Session): Promise<SessionReport[]> {
    const now = this.#options.clock.now();
    const rows = await this.#options.database.read
      .selectFrom('sessions')
      .select(['id', 'created_at', 'updated_at', 'address', 'user_agent'])
      .where('user_id', '=', user.id)
      .where('expires_at', '>', instant(now))
      .where('created_at', '>', instant(new Date(now.getTime() - absoluteSeconds * 1_000)))
      .orderBy('updated_at', 'desc')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      begunAt: row.created_at,
      lastUsedAt: row.updated_at,
      address: row.address || undefined,
      userAgent: row.user_agent || undefined,
    }));
  }

  /** Ends sessions of this user: one, or all but this. Those of others are not touched. */
  async end(session: Session, which: { id: string } | 'others', visit: Visit): Promise<void> {
    const { internalAdapter } = await (await this.#engine.loaded()).$context;
    await this.#engine.acts.by(originOf(visit, session), () =>
      this.#engine.acts.change(async (transaction) => {
        let query = transaction.selectFrom('sessions').select('token').where('user_id', '=', session.user.id);
        query = which === 'others' ? query.where('id', '!=', session.id) : query.where('id', '=', which.id);
        for (const { token } of await query.execute()) await internalAdapter.deleteSession(token);
      }),
    );
  }

  /** All sessions of the user end; a new one begins for who asked. */
  async changePassword(
    session: Session,
    given: { current: string; fresh: string },
    visit: Visit,
  ): Promise<PasswordOutcome> {
    const { user } = session;
    const origin = originOf(visit, session);
    const account = `account ${user.email}`;
    const about = [user.name, user.email, ...(await this.#organisations(user.id)), 'octobox'];
    const bad = await objection({ password: given.fresh, secondFactor: false, about });
    if (bad !== undefined) return { kind: 'objection', objection: bad };
    const record = { action: 'password.limited', origin, subject: `user:${user.id}` };
    if (!(await this.#mayTry(account, visit, record))) return { kind: 'limited' };
    const auth = await this.#engine.loaded();
    const response = await this.#engine.acts.by(origin, () =>
      auth.api.changePassword({
        body: {
          currentPassword: given.current.slice(0, 2 * longest),
          newPassword: given.fresh,
          revokeOtherSessions: true,
        },
        headers: headersOf(visit),
        asResponse: true,
      }),
    );
    if (!response.ok) {
      if (response.status >= 500)
        throw new Error(`changing a password failed with status ${response.status}`);
      await this.#options.database.change((transaction) =>
        this.#options.audit.append(transaction, { ...record, action: 'password.refused' }),
      );
      return { kind: 'refused' };
    }
    await this.#options.database.change(async (transaction) => {
      await this.#attempts.forget(transaction, account);
      await this.#attempts.giveBack(transaction, networkScope(visit));
    });
    return { kind: 'done', cookies: response.headers.getSetCookie() };
  }

  /** Counts an attempt; what is one too many is recorded once for each limit, not once for each guess. */
  async #mayTry(
    account: string,
    visit: Visit,
    record: { action: string; origin: Origin; subject: string | undefined },
  ): Promise<boolean> {
    return await this.#options.database.change(async (transaction) => {
      const scopes = [
        [account, ofAccount],
        [networkScope(visit), ofAddress],
      ] as const;
      let allowed = true;
      for (const [scope, limit] of scopes) {
        const count = await this.#attempts.count(transaction, scope, limit);
        if (count > limit.most) allowed = false;
        if (count === limit.most + 1) await this.#options.audit.append(transaction, record);
      }
      return allowed;
    });
  }

  async #makeOrganisation(
    transaction: Writer,
    name: string,
    owner: { id: string; name: string },
    visit: Visit,
  ): Promise<void> {
    const id = randomUUID();
    const now = instant(this.#options.clock.now());
    await transaction.insertInto('organisations').values({ id, name, created_at: now }).execute();
    await transaction
      .insertInto('members')
      .values({ organisation_id: id, user_id: owner.id, role: 'owner', created_at: now, until: null })
      .execute();
    await this.#options.audit.append(transaction, {
      action: 'organisation.set-up',
      origin: { ...originOf(visit), actor: owner },
      subject: `organisation:${id}`,
      after: { name, owner: owner.id },
    });
  }

  /** The parameters have risen since the password was chosen, and it is known at this moment. */
  async #rehash(userId: string, password: string): Promise<void> {
    const { database } = this.#options;
    const row = await database.read
      .selectFrom('sign_in_methods')
      .select(['id', 'password_hash'])
      .where('user_id', '=', userId)
      .where('provider', '=', 'credential')
      .executeTakeFirst();
    const old = row?.password_hash ?? undefined;
    if (row === undefined || old === undefined || !this.#engine.hashing.isOutdated(old)) return;
    const passwordHash = await this.#engine.hashing.hash(password);
    await database.change((transaction) =>
      transaction
        .updateTable('sign_in_methods')
        .set({ password_hash: passwordHash })
        .where('id', '=', row.id)
        // It may have been changed meanwhile.
        .where('password_hash', '=', old)
        .execute(),
    );
  }

  async #organisations(userId: string): Promise<string[]> {
    const rows = await this.#options.database.read
      .selectFrom('members')
      .innerJoin('organisations', 'organisations.id', 'members.organisation_id')
      .select('organisations.name')
      .where('members.user_id', '=', userId)
      .execute();
    return rows.map(({ name }) => name);
  }
}

const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);
