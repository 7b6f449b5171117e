import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/index.ts';
import type { IdentitySeals } from '../identity/index.ts';
import {
  type Clock,
  type Database,
  InvalidError,
  instant,
  type OidcSettings,
  type Reader,
  type Writer,
} from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import type { AccountEngine } from './engine/account-engine.ts';
import { headersOf } from './engine/request-headers.ts';
import { Oidc } from './oidc/oidc.ts';
import { Passkeys } from './passkeys/passkeys.ts';
import type { RelyingParty } from './passkeys/relying-party.ts';
import { isPasswordOf, isStillKept, verifiedHash } from './password/known-password.ts';
import { objection } from './password/password-rules.ts';
import { type Profile, readProfile } from './profile.ts';
import { type NewOwner, readName, readOwner } from './read-person.ts';
import { SecondFactor } from './second-factor/second-factor.ts';
import { endSessions } from './sessions/end-sessions.ts';
import { LastingSessions } from './sessions/lasting-sessions.ts';
import { originOf, type Session, type SessionReport, type Visit } from './sessions/session.ts';
import { absoluteSeconds, sessionCookie } from './sessions/session-rules.ts';
import { hasOwner, SetUpLink } from './set-up-link.ts';
import { Guesses } from './sign-in/guesses.ts';
import { Proofs } from './sign-in/proofs.ts';
import { accountGuessed, SignIn } from './sign-in/sign-in.ts';
import type {
  CodeStepOutcome,
  EndFactorOutcome,
  PasswordOutcome,
  SetUpOutcome,
  SignInOutcome,
} from './sign-in/sign-in-outcome.ts';

export interface AccountsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly vault: Vault;
  readonly engine: AccountEngine;
  readonly identity: IdentitySeals;
  /** Absent: nobody signs in by an identity provider. */
  readonly oidc?: OidcSettings | undefined;
  /** Where people reach the console. */
  readonly url: string;
}

/** Who may sign in, and who is signed in. Every change and every sign-in is in the audit log. */
export class Accounts {
  readonly setUpLink: SetUpLink;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  readonly oidc: Oidc | undefined;
  readonly proofs: Proofs;
  readonly #options: AccountsOptions;
  readonly #engine: AccountEngine;
  readonly #guesses: Guesses;
  readonly #signIn: SignIn;
  readonly #lasting: LastingSessions;
  readonly #ownerMade = Promise.withResolvers<void>();
  #hasOwner = false;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.setUpLink = new SetUpLink(options);
    this.#engine = options.engine;
    this.#lasting = new LastingSessions(options);
    this.#guesses = new Guesses(options);
    this.secondFactor = new SecondFactor(options);
    this.passkeys = new Passkeys(options);
    this.oidc = options.oidc === undefined ? undefined : new Oidc({ ...options, settings: options.oidc });
    const { secondFactor, passkeys, oidc } = this;
    const guesses = this.#guesses;
    this.proofs = new Proofs({ ...options, guesses, secondFactor, passkeys });
    this.#signIn = new SignIn({ ...options, guesses, secondFactor, passkeys, oidc, proofs: this.proofs });
  }

  /** What makes a browser forget its session. */
  get endedCookie(): string {
    const { name, secure } = sessionCookie(this.#options.url);
    return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** What others call an account, and the organisation that it belongs to. */
  async profile(
    user: { readonly id: string },
    reader: Reader = this.#options.database.read,
  ): Promise<Profile> {
    return await readProfile(reader, user.id);
  }

  /**
   * Another name for who is signed in.
   * @param look refuses within the change what is not as it was seen
   * @throws InvalidError when it is none
   */
  async changeName(
    session: Session,
    name: string,
    visit: Visit,
    look: (transaction: Writer) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const read = readName(name);
    if (typeof read !== 'string') throw new InvalidError('name', read.objection);
    const { internalAdapter } = await (await this.#engine.loaded()).$context;
    await this.#engine.acts.by(originOf(visit, session), () =>
      this.#engine.acts.change(async (transaction) => {
        await look(transaction);
        await internalAdapter.updateUser(session.user.id, { name: read });
      }),
    );
  }

  /** Until then nothing of the accounts answers. */
  async hasOwner(): Promise<boolean> {
    if (!this.#hasOwner && (await hasOwner(this.#options.database.read))) this.#found();
    return this.#hasOwner;
  }

  /** Fulfilled when this process knows that there is an owner: by another process with the next request. */
  get ownerMade(): Promise<void> {
    return this.#ownerMade.promise;
  }

  #found(): void {
    this.#hasOwner = true;
    this.#ownerMade.resolve();
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
    this.#found();
    const outcome = await this.signIn(owner, visit);
    return { kind: 'done', cookies: outcome.kind === 'signed-in' ? outcome.cookies : [] };
  }

  async signIn(given: { email: string; password: string }, visit: Visit): Promise<SignInOutcome> {
    return await this.#signIn.withPassword(given, visit);
  }

  /** For who was asked for the code of a second factor. */
  async signInWithCode(typed: string, visit: Visit): Promise<CodeStepOutcome> {
    return await this.#signIn.withCode(typed, visit);
  }

  /** With a passkey, which is two factors in one. */
  async signInWithPasskey(answer: string, party: RelyingParty, visit: Visit): Promise<SignInOutcome> {
    return await this.#signIn.withPasskey(answer, party, visit);
  }

  /** By an identity provider; a second factor is asked for nevertheless. @throws Error when it cannot be reached */
  async signInWithOidc(current: URL, visit: Visit): Promise<SignInOutcome> {
    return await this.#signIn.withOidc(current, visit);
  }

  /** Somebody gave the password, and is asked for the code. */
  async owesCode(visit: Visit): Promise<boolean> {
    return (await this.#signIn.half.user(visit)) !== undefined;
  }

  /** Whoever gave a password that holds no more gives the new one. */
  async endHalfSignIns(transaction: Writer, userId: string): Promise<void> {
    await this.#signIn.half.endAll(transaction, userId);
  }

  /**
   * Undefined when nobody is signed in, or the session is over.
   * @param options.isUse whether a person asks: what a page does by itself keeps no session alive
   */
  async session(visit: Visit, { isUse = true } = {}): Promise<Session | undefined> {
    if (visit.cookie === undefined || !visit.cookie.includes('octobox-session=')) return undefined;
    const lasting = await this.#lasting.find(visit.cookie, this.#options.clock.now());
    if (lasting !== undefined) return lasting;
    const auth = await this.#engine.loaded();
    const found = await this.#engine.acts.by(originOf(visit), () =>
      auth.api.getSession({ headers: headersOf(visit), query: { disableRefresh: !isUse } }),
    );
    if (found === null) return undefined;
    const { session, user } = found;
    const age = this.#options.clock.now().getTime() - session.createdAt.getTime();
    if (age < absoluteSeconds * 1_000) {
      return {
        id: session.id,
        user: { id: user.id, name: user.name, email: user.email },
        provedAt: await this.proofs.provedAt(session.id),
      };
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

  /**
   * Ends sessions of this user: one, or all but this. Those of others are not touched.
   * @returns how many there were
   */
  async end(session: Session, which: { id: string } | 'others', visit: Visit): Promise<number> {
    const ended = which === 'others' ? { except: session.id } : which;
    return await this.#engine.acts.by(originOf(visit, session), () =>
      endSessions(this.#engine, session.user.id, ended),
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
    const account = accountGuessed(user.email);
    const secondFactor = (await this.secondFactor.state(user.id)) !== undefined;
    const bad = await objection({ password: given.fresh, secondFactor, about: await this.#about(session) });
    if (bad !== undefined) return { kind: 'objection', objection: bad };
    const record = { action: 'password.limited', origin, subject: `user:${user.id}` };
    if (!(await this.#guesses.mayTry(account, visit, record))) return { kind: 'limited' };
    const { database, audit } = this.#options;
    const { hashing, acts } = this.#engine;
    const auth = await this.#engine.loaded();
    const { internalAdapter } = await auth.$context;
    const { identity } = this.#options;
    const old = await verifiedHash({ hashing, reader: database.read, identity }, user.id, given.current);
    const fresh = old === undefined ? undefined : await hashing.hash(given.fresh);
    // All of it at once: nothing that rests on the old password is begun beside it.
    const cookies = await acts.by(origin, () =>
      acts.change(async (transaction) => {
        const holds = old !== undefined && (await isStillKept(identity, transaction, user.id, old));
        if (!holds || fresh === undefined) {
          await audit.append(transaction, { ...record, action: 'password.refused' });
          return undefined;
        }
        await internalAdapter.updatePassword(user.id, fresh);
        await internalAdapter.deleteUserSessions(user.id);
        await this.#signIn.half.endAll(transaction, user.id);
        await this.#guesses.right(transaction, visit);
        await this.#guesses.forget(transaction, account);
        await this.#engine.notices.tell(transaction, user.id, 'password-changed');
        const { headers } = await auth.api.beginSession({
          body: { userId: user.id },
          headers: headersOf({ ...visit, cookie: undefined }),
          returnHeaders: true,
        });
        return headers.getSetCookie();
      }),
    );
    return cookies === undefined ? { kind: 'refused' } : { kind: 'done', cookies };
  }

  /** The password is enough then, so that it must be long enough for that. */
  async endSecondFactor(session: Session, password: string, visit: Visit): Promise<EndFactorOutcome> {
    const { user } = session;
    const origin = originOf(visit, session);
    const account = accountGuessed(user.email);
    const record = { action: 'password.limited', origin, subject: `user:${user.id}` };
    if (!(await this.#guesses.mayTry(account, visit, record))) return { kind: 'limited' };
    const { database, audit } = this.#options;
    const { hashing } = this.#engine;
    const by = { hashing, reader: database.read, identity: this.#options.identity };
    if (!(await isPasswordOf(by, user.id, password))) {
      await database.change((transaction) =>
        audit.append(transaction, { ...record, action: 'password.refused' }),
      );
      return { kind: 'refused' };
    }
    await database.change(async (transaction) => {
      await this.#guesses.right(transaction, visit);
      await this.#guesses.forget(transaction, account);
    });
    const bad = await objection({ password, secondFactor: false, about: await this.#about(session) });
    if (bad !== undefined) return { kind: 'objection', objection: bad };
    await database.change((transaction) => this.secondFactor.turnOff(transaction, user.id, origin));
    return { kind: 'done' };
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
    const member = { organisation_id: id, user_id: owner.id, role: 'owner', until: null };
    const seal = await this.#options.identity.get(transaction);
    await transaction
      .insertInto('members')
      .values(seal.on('members', { ...member, created_at: now }))
      .execute();
    await this.#options.audit.append(transaction, {
      action: 'organisation.set-up',
      origin: { ...originOf(visit), actor: owner },
      subject: `organisation:${id}`,
      after: { name, owner: owner.id },
    });
  }

  /** Words that a password of this person is not to be made of. */
  async #about({ user }: Session): Promise<string[]> {
    return [user.name, user.email, ...(await this.#organisations(user.id)), 'octobox'];
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
