import type { AuditLog } from '../../audit/index.ts';
import { type IdentitySeals, knownUser, sealedColumns } from '../../identity/index.ts';
import { type Clock, type Database, instant, type Writer } from '../../platform/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import { headersOf } from '../engine/request-headers.ts';
import type { Oidc } from '../oidc/oidc.ts';
import { answerOnce } from '../passkeys/answer-once.ts';
import type { Passkeys } from '../passkeys/passkeys.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import { isStillKept, verifiedHash } from '../password/known-password.ts';
import type { SecondFactor } from '../second-factor/second-factor.ts';
import { originOf, type Visit } from '../sessions/session.ts';
import { ofAccount, ofAddress, ofCode } from './attempts.ts';
import type { Guessed, Guesses } from './guesses.ts';
import { HalfSignIns } from './half-sign-ins.ts';
import type { Proofs } from './proofs.ts';
import type { CodeStepOutcome, SignInOutcome } from './sign-in-outcome.ts';

/**
 * The way to a session:
 *
 *     password ──right──► no second factor ─────────────────► session
 *                    └──► half a sign-in ──right code────────► session
 *     passkey, unlocked by its holder ───────────────────────► session
 *
 * Nothing but the last step gives a session, and what was counted as a guess is forgotten there alone. What a step rests
 * on is looked at once more in the change that it ends with: a password or a passkey may be gone meanwhile.
 */
export class SignIn {
  readonly half: HalfSignIns;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #engine: AccountEngine;
  readonly #identity: IdentitySeals;
  readonly #guesses: Guesses;
  readonly #secondFactor: SecondFactor;
  readonly #passkeys: Passkeys;
  readonly #oidc: Oidc | undefined;
  readonly #proofs: Proofs;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    engine: AccountEngine;
    identity: IdentitySeals;
    guesses: Guesses;
    secondFactor: SecondFactor;
    passkeys: Passkeys;
    oidc: Oidc | undefined;
    proofs: Proofs;
    url: string;
  }) {
    this.half = new HalfSignIns(options);
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#engine = options.engine;
    this.#identity = options.identity;
    this.#guesses = options.guesses;
    this.#secondFactor = options.secondFactor;
    this.#passkeys = options.passkeys;
    this.#oidc = options.oidc;
    this.#proofs = options.proofs;
  }

  async withPassword(given: { email: string; password: string }, visit: Visit): Promise<SignInOutcome> {
    const email = given.email.trim().toLowerCase().slice(0, 254);
    const account = accountGuessed(email);
    const { read } = this.#database;
    const userId = (await this.#user(email))?.id;
    const subject = userId === undefined ? undefined : `user:${userId}`;
    const record = { action: 'sign-in.limited', origin: originOf(visit), subject };
    if (!(await this.#guesses.mayTry(account, visit, record))) {
      return { kind: 'limited' };
    }
    const known = { hashing: this.#engine.hashing, reader: read, identity: this.#identity };
    const hash = await verifiedHash(known, userId, given.password);
    if (hash === undefined || userId === undefined || !(await this.#mayWithoutProvider(userId))) {
      return await this.#refuse(userId, visit);
    }
    const kept = await this.#rehash(userId, hash, given.password);
    if (kept === undefined) return await this.#refuse(userId, visit);
    await this.#database.change((transaction) => this.#guesses.right(transaction, visit));
    return await this.#goOn(userId, visit, account, (transaction) =>
      isStillKept(this.#identity, transaction, userId, kept),
    );
  }

  /** Somebody is known by the first factor, as long as that holds. */
  async #goOn(userId: string, visit: Visit, account: Guessed, holds: Holds): Promise<SignInOutcome> {
    if ((await this.#secondFactor.state(userId)) === undefined) {
      const cookies = await this.#begin(
        userId,
        visit,
        [account],
        async (transaction) =>
          (await holds(transaction)) && (await this.#secondFactor.state(userId, transaction)) === undefined,
      );
      return cookies === undefined ? await this.#refuse(userId, visit) : { kind: 'signed-in', cookies };
    }
    const cookie = await this.#database.change(async (transaction) => {
      if (!(await holds(transaction))) return undefined;
      const record = { origin: originOf(visit), subject: `user:${userId}` };
      await this.#audit.append(transaction, { action: 'sign-in.code-asked', ...record });
      return await this.half.begin(transaction, userId);
    });
    return cookie === undefined
      ? await this.#refuse(userId, visit)
      : { kind: 'code-needed', cookies: [cookie] };
  }

  async #refuse(userId: string | undefined, visit: Visit): Promise<SignInOutcome> {
    const subject = userId === undefined ? undefined : `user:${userId}`;
    const record = { action: 'sign-in.refused', origin: originOf(visit), subject };
    await this.#database.change((transaction) => this.#audit.append(transaction, record));
    return { kind: 'refused' };
  }

  /** Where an identity provider is required, owners alone sign in without: it may be away. */
  async #mayWithoutProvider(userId: string): Promise<boolean> {
    if (this.#oidc?.settings.required !== true) return true;
    const owner = this.#database.read
      .selectFrom('members')
      .select([...sealedColumns.members, 'seal'])
      .where('user_id', '=', userId)
      .where('role', '=', 'owner');
    const row = await owner.executeTakeFirst();
    return row !== undefined && (await this.#identity.isRight('members', row));
  }

  /** @throws Error when the provider cannot be reached */
  async withOidc(current: URL, visit: Visit): Promise<SignInOutcome> {
    const origin = originOf(visit);
    const guessed = { scope: `oidc from ${visit.address}`, limit: ofAddress };
    const record = { origin, subject: undefined };
    if (!(await this.#guesses.mayTry(guessed, visit, { ...record, action: 'sign-in.limited' }))) {
      return { kind: 'limited' };
    }
    const outcome = (await this.#oidc?.finish(current, visit)) ?? { kind: 'refused' as const };
    const person = outcome.kind === 'known' ? outcome.person : undefined;
    const user = person === undefined ? undefined : await this.#user(person.email);
    const first = await this.#database.change(async (transaction) => {
      const used = person !== undefined && (await answerOnce(transaction, person.state, this.#clock.now()));
      const known = used && user !== undefined;
      await this.#audit.append(transaction, {
        action: known ? 'sign-in.by-provider' : 'sign-in.refused',
        origin: known ? { ...origin, actor: { id: user.id, name: user.name } } : origin,
        subject: user === undefined ? undefined : `user:${user.id}`,
        after: {
          issuer: this.#oidc?.settings.issuer ?? null,
          ...(known
            ? { subject: person.subject }
            : { by: 'provider', why: person === undefined ? outcome.kind : 'stranger' }),
        },
      });
      if (known) {
        await this.#guesses.right(transaction, visit);
        await this.#guesses.forget(transaction, guessed);
      }
      return known;
    });
    if (!first || user === undefined || person === undefined) return { kind: 'refused' };
    return await this.#goOn(user.id, visit, accountGuessed(person.email), async () => true);
  }

  /** The second step of somebody whose browser has half a sign-in. */
  async withCode(typed: string, visit: Visit): Promise<CodeStepOutcome> {
    const user = await this.half.user(visit);
    if (user === undefined) return { kind: 'over' };
    const codes = { scope: `codes ${user.id}`, limit: ofCode };
    const record = { origin: originOf(visit), subject: `user:${user.id}` };
    if (!(await this.#guesses.mayTry(codes, visit, { action: 'sign-in.code-limited', ...record }))) {
      return { kind: 'limited' };
    }
    const actor = { id: user.id, name: user.name };
    const outcome = await this.#secondFactor.check(user.id, typed, { ...record.origin, actor });
    if (outcome !== 'right') {
      await this.#database.change((transaction) =>
        this.#audit.append(transaction, { action: 'sign-in.code-refused', ...record }),
      );
      return { kind: outcome === 'wrong' ? 'refused' : outcome };
    }
    await this.#database.change((transaction) => this.#guesses.right(transaction, visit));
    // A password that was changed has ended it.
    const cookies = await this.#begin(user.id, visit, [accountGuessed(user.email), codes], (transaction) =>
      this.half.use(transaction, visit),
    );
    if (cookies === undefined) return { kind: 'over' };
    return { kind: 'signed-in', cookies: [...cookies, this.half.endedCookie] };
  }

  async withPasskey(answer: string, party: RelyingParty, visit: Visit): Promise<SignInOutcome> {
    const origin = originOf(visit);
    const guessed = { scope: `passkeys from ${visit.address}`, limit: ofAddress };
    const record = { origin, subject: undefined };
    if (!(await this.#guesses.mayTry(guessed, visit, { ...record, action: 'sign-in.limited' }))) {
      return { kind: 'limited' };
    }
    const holder = await this.#passkeys.holder(answer, party, visit);
    if (holder === undefined || !(await this.#mayWithoutProvider(holder.userId))) {
      await this.#database.change((transaction) =>
        this.#audit.append(transaction, { ...record, action: 'sign-in.refused', after: { by: 'passkey' } }),
      );
      return { kind: 'refused' };
    }
    await this.#database.change((transaction) => this.#guesses.right(transaction, visit));
    const { userId, email } = holder;
    const cookies = await this.#begin(userId, visit, [accountGuessed(email), guessed], (transaction) =>
      this.#passkeys.isStillKept(transaction, holder),
    );
    return cookies === undefined ? await this.#refuse(userId, visit) : { kind: 'signed-in', cookies };
  }

  /** Undefined, and nothing is done, when what it rests on holds no more. */
  async #begin(
    userId: string,
    visit: Visit,
    guessed: readonly Guessed[],
    holds: Holds,
  ): Promise<readonly string[] | undefined> {
    const { api } = await this.#engine.loaded();
    return await this.#engine.acts.by(originOf(visit), () =>
      this.#engine.acts.change(async (transaction) => {
        if (!(await holds(transaction))) return undefined;
        const { headers, response } = await api.beginSession({
          body: { userId },
          headers: headersOf({ ...visit, cookie: undefined }),
          returnHeaders: true,
        });
        // The account went away between the two steps.
        if (response.sessionId === undefined) return [];
        await this.#proofs.note(transaction, response.sessionId);
        for (const each of guessed) await this.#guesses.forget(transaction, each);
        const now = instant(this.#clock.now());
        await transaction.deleteFrom('sessions').where('expires_at', '<=', now).execute();
        return headers.getSetCookie();
      }),
    );
  }

  async #user(email: string) {
    return await knownUser({ database: this.#database, identity: this.#identity }, { email });
  }

  /**
   * The parameters have risen since the password was chosen, and it is known at this moment.
   * @returns what is kept of it now; undefined when it was changed meanwhile
   */
  async #rehash(userId: string, old: string, password: string): Promise<string | undefined> {
    const { hashing } = this.#engine;
    if (!hashing.isOutdated(old)) return old;
    const fresh = await hashing.hash(password);
    const isChanged = await this.#database.change(async (transaction) => {
      const row = await transaction
        .selectFrom('sign_in_methods')
        .select([...sealedColumns.sign_in_methods, 'seal'])
        .where('user_id', '=', userId)
        .where('provider', '=', 'credential')
        .where('password_hash', '=', old)
        .executeTakeFirst();
      if (row === undefined || !(await this.#identity.isRight('sign_in_methods', row, transaction)))
        return false;
      const seal = await this.#identity.get(transaction);
      await transaction
        .updateTable('sign_in_methods')
        .set({ password_hash: fresh, seal: seal.of('sign_in_methods', { ...row, password_hash: fresh }) })
        .where('id', '=', row.id)
        .execute();
      return true;
    });
    if (isChanged) return fresh;
    // Another node may have done the same.
    const known = { hashing, reader: this.#database.read, identity: this.#identity };
    return await verifiedHash(known, userId, password);
  }
}

/** Within a change: what was found out before it is true still. */
type Holds = (transaction: Writer) => Promise<boolean>;

/** Whose password is guessed at; signing in and changing the password count together. */
export const accountGuessed = (email: string): Guessed => ({ scope: `account ${email}`, limit: ofAccount });
