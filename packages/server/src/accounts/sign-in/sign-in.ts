import type { AuditLog } from '../../audit/index.ts';
import { type Clock, type Database, instant } from '../../platform/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import { headersOf } from '../engine/request-headers.ts';
import type { Oidc } from '../oidc/oidc.ts';
import { answerOnce } from '../passkeys/answer-once.ts';
import type { Passkeys } from '../passkeys/passkeys.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import { isPasswordOf } from '../password/known-password.ts';
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
 * Nothing but the last step gives a session, and what was counted as a guess is forgotten there alone.
 */
export class SignIn {
  readonly half: HalfSignIns;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #engine: AccountEngine;
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
    const userId = (await read.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst())
      ?.id;
    const subject = userId === undefined ? undefined : `user:${userId}`;
    const origin = originOf(visit);
    if (!(await this.#guesses.mayTry(account, visit, { action: 'sign-in.limited', origin, subject }))) {
      return { kind: 'limited' };
    }
    const right = await isPasswordOf({ hashing: this.#engine.hashing, reader: read }, userId, given.password);
    if (!right || userId === undefined || !(await this.#mayWithoutProvider(userId))) {
      await this.#database.change((transaction) =>
        this.#audit.append(transaction, { action: 'sign-in.refused', origin, subject }),
      );
      return { kind: 'refused' };
    }
    await this.#rehash(userId, given.password);
    await this.#database.change((transaction) => this.#guesses.right(transaction, visit));
    return await this.#goOn(userId, visit, account);
  }

  /** Somebody is known by the first factor. */
  async #goOn(userId: string, visit: Visit, account: Guessed): Promise<SignInOutcome> {
    if ((await this.#secondFactor.state(userId)) === undefined) {
      return { kind: 'signed-in', cookies: await this.#begin(userId, visit, [account]) };
    }
    const cookie = await this.#database.change(async (transaction) => {
      const record = { origin: originOf(visit), subject: `user:${userId}` };
      await this.#audit.append(transaction, { action: 'sign-in.code-asked', ...record });
      return await this.half.begin(transaction, userId);
    });
    return { kind: 'code-needed', cookies: [cookie] };
  }

  /** Where an identity provider is required, owners alone sign in without: it may be away. */
  async #mayWithoutProvider(userId: string): Promise<boolean> {
    if (this.#oidc?.settings.required !== true) return true;
    const owner = this.#database.read
      .selectFrom('members')
      .select('user_id')
      .where('user_id', '=', userId)
      .where('role', '=', 'owner');
    return (await owner.executeTakeFirst()) !== undefined;
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
    const user =
      person === undefined
        ? undefined
        : await this.#database.read
            .selectFrom('users')
            .select(['id', 'name'])
            .where('email', '=', person.email)
            .executeTakeFirst();
    const first = await this.#database.change(async (transaction) => {
      const used = person !== undefined && (await answerOnce(transaction, person.state, this.#clock.now()));
      const known = used && user !== undefined;
      await this.#audit.append(transaction, {
        action: known ? 'sign-in.by-provider' : 'sign-in.refused',
        origin: known ? { ...origin, actor: user } : origin,
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
    return await this.#goOn(user.id, visit, accountGuessed(person.email));
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
    const first = await this.#database.change(async (transaction) => {
      await this.#guesses.right(transaction, visit);
      return await this.half.use(transaction, visit);
    });
    if (!first) return { kind: 'over' };
    const cookies = await this.#begin(user.id, visit, [accountGuessed(user.email), codes]);
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
    const cookies = await this.#begin(holder.userId, visit, [accountGuessed(holder.email), guessed]);
    return { kind: 'signed-in', cookies };
  }

  async #begin(userId: string, visit: Visit, guessed: readonly Guessed[]): Promise<readonly string[]> {
    const { api } = await this.#engine.loaded();
    return await this.#engine.acts.by(originOf(visit), () =>
      this.#engine.acts.change(async (transaction) => {
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

  /** The parameters have risen since the password was chosen, and it is known at this moment. */
  async #rehash(userId: string, password: string): Promise<void> {
    const row = await this.#database.read
      .selectFrom('sign_in_methods')
      .select(['id', 'password_hash'])
      .where('user_id', '=', userId)
      .where('provider', '=', 'credential')
      .executeTakeFirst();
    const old = row?.password_hash ?? undefined;
    if (row === undefined || old === undefined || !this.#engine.hashing.isOutdated(old)) return;
    const passwordHash = await this.#engine.hashing.hash(password);
    await this.#database.change((transaction) =>
      transaction
        .updateTable('sign_in_methods')
        .set({ password_hash: passwordHash })
        .where('id', '=', row.id)
        // It may have been changed meanwhile.
        .where('password_hash', '=', old)
        .execute(),
    );
  }
}

/** Whose password is guessed at; signing in and changing the password count together. */
export const accountGuessed = (email: string): Guessed => ({ scope: `account ${email}`, limit: ofAccount });
