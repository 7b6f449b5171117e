import { createSecretKey, type KeyObject } from 'node:crypto';
import type { AuditLog, Origin } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import type { Outbox } from '../../mail/index.ts';
import { type Clock, type Database, Secret, type Writer } from '../../platform/index.ts';
import type { OwnKeys } from '../../vault/index.ts';
import { Notices } from '../letters/notices.ts';
import { Challenges } from '../passkeys/challenge.ts';
import { PasswordHashing } from '../password/password-hashing.ts';
import { Acts } from './acts.ts';
import type { BetterAuth } from './better-auth.ts';

export interface AccountEngineOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly ownKeys: OwnKeys;
  readonly identity: IdentitySeals;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  /** Where people reach the console. */
  readonly url: string;
  /** Tests bring one that costs little. */
  readonly hashing?: PasswordHashing;
}

/** What signing in, the own account and the members of an organisation are made with. */
export class AccountEngine {
  readonly acts: Acts;
  readonly hashing: PasswordHashing;
  readonly outbox: Outbox;
  readonly notices: Notices;
  /** Where people reach the console; what is mailed leads there, whatever name a request came under. */
  readonly url: string;
  readonly #options: AccountEngineOptions;
  #auth: Promise<BetterAuth> | undefined;
  #challenges: Promise<Challenges> | undefined;
  #cookieKey: Promise<KeyObject> | undefined;

  constructor(options: AccountEngineOptions) {
    this.#options = options;
    this.acts = new Acts(options.database);
    this.outbox = options.outbox;
    this.notices = new Notices(options);
    this.url = options.url;
    this.hashing = options.hashing ?? new PasswordHashing();
  }

  /** better-auth is loaded by the first who needs it, and made once. */
  async loaded(): Promise<BetterAuth> {
    this.#auth ??= this.#load().catch((error) => {
      this.#auth = undefined;
      throw error;
    });
    return await this.#auth;
  }

  /** What passkeys sign, the same on every node. */
  async challenges(): Promise<Challenges> {
    this.#challenges ??= this.#signingSecret().then(
      (secret) => new Challenges(secret),
      (error) => {
        this.#challenges = undefined;
        throw error;
      },
    );
    return await this.#challenges;
  }

  /** What cookies are signed with, the same on every node. */
  async cookieKey(): Promise<KeyObject> {
    this.#cookieKey ??= this.#signingSecret().then(
      (secret) => createSecretKey(secret, 'utf8'),
      (error) => {
        this.#cookieKey = undefined;
        throw error;
      },
    );
    return await this.#cookieKey;
  }

  /** A user with a password, in one change with what `and` does for that user. Undefined when `first` says no. */
  async addUser(
    user: { readonly name: string; readonly email: string; readonly password: string },
    origin: Origin,
    first: (transaction: Writer) => Promise<boolean>,
    and: (transaction: Writer, user: { id: string; name: string }) => Promise<void>,
  ): Promise<string | undefined> {
    const { name, email } = user;
    const passwordHash = await this.hashing.hash(user.password);
    const { internalAdapter } = await (await this.loaded()).$context;
    return await this.acts.by(origin, () =>
      this.acts.change(async (transaction) => {
        if (!(await first(transaction))) return undefined;
        const { id } = await internalAdapter.createUser(
          { name, email, emailVerified: false },
          { method: 'email' },
        );
        await internalAdapter.linkAccount({
          userId: id,
          providerId: 'credential',
          accountId: id,
          password: passwordHash,
        });
        await and(transaction, { id, name });
        return id;
      }),
    );
  }

  async #signingSecret(): Promise<string> {
    return await this.#options.ownKeys.get('session-signing');
  }

  async #load(): Promise<BetterAuth> {
    const secret = new Secret(await this.#signingSecret());
    const { makeBetterAuth } = await import('./better-auth.ts');
    return makeBetterAuth({ ...this.#options, secret, acts: this.acts });
  }
}
