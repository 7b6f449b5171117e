import type { AuditLog, Origin } from '../../audit/index.ts';
import { type IdentitySeals, type KnownUser, knownUser } from '../../identity/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  instant,
  NotFoundError,
  type Reader,
  type Writer,
} from '../../platform/index.ts';
import { type Vault, VaultError } from '../../vault/index.ts';
import type { AccountEngine } from '../engine/account-engine.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { originOf, type Session, type Visit } from '../sessions/session.ts';
import { decodeBase32, rfc4648 } from './base32.ts';
import { type Enrolment, enrolmentOf, newSecret } from './enrolment.ts';
import { matchingStep } from './one-time-code.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { secretOf, secretOfNext } from './secret-name.ts';

/** NIST SP 800-63B-4, 3.2.2: after so many wrong codes in a row the app is no factor any more. */
const mostFailures = 100;

export interface SecondFactorState {
  readonly enabledAt: Instant;
  /** Recovery codes that were not used yet. */
  readonly codesLeft: number;
}

/**
 * `blocked`: too many wrong codes in a row. `unreadable`: the key of the vault is missing. In both cases a recovery
 * code is good still.
 */
export type CodeOutcome = 'right' | 'wrong' | 'blocked' | 'unreadable';

export type EnrolmentOutcome =
  | { readonly kind: 'done'; readonly codes: readonly string[] }
  | { readonly kind: 'wrong' | 'none' };

/**
 * The second factor of an account: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for who lost it.
 * The secret is sealed in the vault; of a recovery code there is a hash. Each code is good once.
 */
export class SecondFactor {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #vault: Vault;
  readonly #engine: AccountEngine;
  readonly #identity: IdentitySeals;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    vault: Vault;
    engine: AccountEngine;
    identity: IdentitySeals;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#vault = options.vault;
    this.#engine = options.engine;
    this.#identity = options.identity;
  }

  /**
   * Undefined when the account has none: that is sealed with the account, so that no row can be taken away.
   * @throws NotFoundError when there is no such account, or it is not as it was written
   */
  async state(userId: string, reader?: Reader): Promise<SecondFactorState | undefined> {
    const { second_factor_since } = await this.#user(userId, reader);
    if (second_factor_since === null) return undefined;
    const codes = (reader ?? this.#database.read)
      .selectFrom('recovery_codes')
      .selectAll()
      .where('user_id', '=', userId);
    const good = await this.#identity.rightOf('recovery_codes', await codes.execute(), reader);
    return { enabledAt: second_factor_since, codesLeft: good.length };
  }

  /** Makes a secret for an app, in place of one that was not confirmed. Nothing else changes yet. */
  async begin({ user }: Session): Promise<void> {
    await this.#vault.prepare();
    await this.#database.change((transaction) =>
      this.#vault.seal(transaction, secretOfNext(user.id), newSecret()),
    );
  }

  /** The secret that waits to be confirmed. */
  async enrolment({ user }: Session): Promise<Enrolment | undefined> {
    const secret = await this.#vault.open(secretOfNext(user.id));
    if (secret === undefined) return undefined;
    const found = await this.#database.read
      .selectFrom('members')
      .innerJoin('organisations', 'organisations.id', 'members.organisation_id')
      .select('organisations.name')
      .where('members.user_id', '=', user.id)
      .executeTakeFirst();
    return enrolmentOf(secret, { email: user.email, organisation: found?.name ?? '' });
  }

  /**
   * The app gives right codes: from now on signing in asks for them, and all other sessions are over. The recovery
   * codes are shown now and never again.
   */
  async confirm(session: Session, typed: string, visit: Visit): Promise<EnrolmentOutcome> {
    const { id } = session.user;
    const secret = await this.#vault.open(secretOfNext(id));
    if (secret === undefined) return { kind: 'none' };
    const step = matchingStep(keyOf(secret), digitsOf(typed), this.#clock.now());
    if (step === undefined) return { kind: 'wrong' };
    const origin = originOf(visit, session);
    await this.#engine.loaded();
    const codes = await this.#engine.acts.by(origin, () =>
      this.#engine.acts.change(async (transaction) => {
        const before = await this.state(id, transaction);
        const content = { enabled_at: instant(this.#clock.now()), last_step: step, failures: 0 };
        await transaction
          .insertInto('second_factors')
          .values({ user_id: id, ...content })
          .onConflict((conflict) => conflict.column('user_id').doUpdateSet(content))
          .execute();
        await this.#setSince(transaction, id, content.enabled_at);
        await this.#vault.seal(transaction, secretOf(id), secret);
        await this.#vault.remove(transaction, secretOfNext(id));
        await this.#audit.append(transaction, {
          action: before === undefined ? 'second-factor.enabled' : 'second-factor.replaced',
          origin,
          subject: `user:${id}`,
        });
        await this.#engine.notices.tell(transaction, id, 'second-factor-enabled');
        await endSessions(this.#engine, id, { except: session.id });
        return await this.#renew(transaction, id);
      }),
    );
    return { kind: 'done', codes };
  }

  /** Those before are void; undefined when there is no second factor. */
  async renewCodes(session: Session, visit: Visit): Promise<readonly string[] | undefined> {
    const { id } = session.user;
    return await this.#database.change(async (transaction) => {
      const state = await this.state(id, transaction);
      if (state === undefined) return undefined;
      await this.#audit.append(transaction, {
        action: 'recovery-codes.renewed',
        origin: originOf(visit, session),
        subject: `user:${id}`,
        before: { left: state.codesLeft },
      });
      await this.#engine.notices.tell(transaction, id, 'recovery-codes-renewed');
      return await this.#renew(transaction, id);
    });
  }

  /** Signing in asks for the password alone from now on; nothing happens when it did already. */
  async turnOff(transaction: Writer, userId: string, origin: Origin): Promise<void> {
    const had = (await this.state(userId, transaction)) !== undefined;
    await transaction.deleteFrom('second_factors').where('user_id', '=', userId).execute();
    await this.forget(transaction, userId);
    if (!had) return;
    await this.#setSince(transaction, userId, null);
    await this.#audit.append(transaction, {
      action: 'second-factor.disabled',
      origin,
      subject: `user:${userId}`,
    });
    await this.#engine.notices.tell(transaction, userId, 'second-factor-disabled');
  }

  /** What is kept of it beside the account itself, which goes or has none any more. */
  async forget(transaction: Writer, userId: string): Promise<void> {
    await transaction.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
    for (const name of [secretOf(userId), secretOfNext(userId)]) await this.#vault.remove(transaction, name);
  }

  /** Whether this is a code of the app, or a recovery code; each is right once. The caller limits the guesses. */
  async check(userId: string, typed: string, origin: Origin): Promise<CodeOutcome> {
    const digits = digitsOf(typed);
    return /^\d{6}$/.test(digits)
      ? await this.#checkCode(userId, digits)
      : await this.#checkRecoveryCode(userId, typed, origin);
  }

  async #checkCode(userId: string, code: string): Promise<CodeOutcome> {
    const { second_factor_since } = await this.#user(userId);
    const row = await this.#database.read
      .selectFrom('second_factors')
      .select(['enabled_at', 'failures'])
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (row === undefined || row.enabled_at !== second_factor_since) return 'wrong';
    if (row.failures >= mostFailures) return 'blocked';
    const secret = await this.#secret(userId);
    if (secret === undefined) return 'unreadable';
    const step = matchingStep(keyOf(secret), code, this.#clock.now());
    return await this.#database.change(async (transaction) => {
      const same = transaction
        .updateTable('second_factors')
        .where('user_id', '=', userId)
        // It may have been replaced meanwhile.
        .where('enabled_at', '=', row.enabled_at);
      if (step !== undefined) {
        const used = await same
          .set({ last_step: step, failures: 0 })
          .where('last_step', '<', step)
          .executeTakeFirst();
        if (used.numUpdatedRows > 0n) return 'right';
      }
      await same.set((e) => ({ failures: e('failures', '+', 1) })).execute();
      return 'wrong';
    });
  }

  async #checkRecoveryCode(userId: string, typed: string, origin: Origin): Promise<CodeOutcome> {
    return await this.#database.change(async (transaction) => {
      const code = await transaction
        .selectFrom('recovery_codes')
        .selectAll()
        .where('user_id', '=', userId)
        .where('code_hash', '=', recoveryCodeHash(typed))
        .executeTakeFirst();
      if (code === undefined || !(await this.#identity.isRight('recovery_codes', code, transaction)))
        return 'wrong';
      const used = await transaction
        .deleteFrom('recovery_codes')
        .where('user_id', '=', userId)
        .where('code_hash', '=', code.code_hash)
        .executeTakeFirst();
      if (used.numDeletedRows === 0n) return 'wrong';
      await transaction
        .updateTable('second_factors')
        .set({ failures: 0 })
        .where('user_id', '=', userId)
        .execute();
      await this.#audit.append(transaction, {
        action: 'recovery-code.used',
        origin,
        subject: `user:${userId}`,
        after: { left: (await this.state(userId, transaction))?.codesLeft ?? 0 },
      });
      return 'right';
    });
  }

  async #user(id: string, reader?: Reader): Promise<KnownUser> {
    const by = { database: this.#database, identity: this.#identity };
    const user = await knownUser(by, { id }, reader);
    if (user === undefined) throw new NotFoundError('this account');
    return user;
  }

  async #setSince(transaction: Writer, userId: string, second_factor_since: Instant | null): Promise<void> {
    const user = await this.#user(userId, transaction);
    const seal = (await this.#identity.get(transaction)).of('users', { ...user, second_factor_since });
    const account = transaction.updateTable('users').set({ second_factor_since, seal });
    await account.where('id', '=', userId).execute();
  }

  /** Undefined when it cannot be had: the key of the vault is lost, or was. */
  async #secret(userId: string): Promise<string | undefined> {
    try {
      return await this.#vault.open(secretOf(userId));
    } catch (error) {
      if (error instanceof VaultError) return undefined;
      throw error;
    }
  }

  async #renew(transaction: Writer, userId: string): Promise<readonly string[]> {
    await transaction.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
    const codes = newRecoveryCodes();
    const seal = await this.#identity.get(transaction);
    const rows = codes.map((code) =>
      seal.on('recovery_codes', { user_id: userId, code_hash: recoveryCodeHash(code) }),
    );
    await transaction.insertInto('recovery_codes').values(rows).execute();
    return codes;
  }
}

const keyOf = (secret: string): Buffer => decodeBase32(secret, rfc4648) ?? Buffer.alloc(0);

/** Apps show `123 456`. */
const digitsOf = (typed: string): string => typed.replace(/[\s-]/g, '');
