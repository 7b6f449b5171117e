import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import {
  type Access,
  memberColumns,
  membershipAlong,
  needsProof,
  type Permission,
  permissions,
  type Who,
} from '../../access/index.ts';
import type { AuditLog, Origin } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  InvalidError,
  instant,
  NotFoundError,
  Prepared,
  type Reader,
  type Writer,
} from '../../platform/index.ts';
import type { ApiKeyRow } from '../schema.ts';
import { originOf, type Session, type Visit } from '../sessions/session.ts';
import { prolongSeconds } from '../sessions/session-rules.ts';
import { newKeySecret, presentedHash } from './key-secret.ts';
import { latestDay, type NewApiKey, readKey } from './read-key.ts';

type KeyRow = Selectable<ApiKeyRow>;

/** More are a sign that nobody ends them. */
const most = 50;

/** One of a user's keys, for that user's eyes. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Within some minutes; undefined: never. */
  readonly lastUsedAt: Instant | undefined;
}

/** Who asks with a key. `user` can be given to `Access`, which holds it to the scopes. */
export interface KeyHolder {
  readonly keyId: string;
  readonly keyName: string;
  readonly user: Who & { readonly name: string };
}

/**
 * Keys by which programs act for a member: never for more than their scopes, nor for more than the member may at that
 * moment. The database has the hash of a key alone.
 */
export class ApiKeys {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #identity: IdentitySeals;
  readonly #byHash = new Prepared((reader, given: { hash: string; now: string }) =>
    reader
      .selectFrom('api_keys')
      .innerJoin('users', 'users.id', 'api_keys.user_id')
      .leftJoin('members', 'members.user_id', 'users.id')
      .selectAll('api_keys')
      .select(memberColumns)
      .select(['users.name as user_name', 'users.email', 'users.second_factor_since'])
      .select('users.seal as user_seal')
      .where('api_keys.secret_hash', '=', given.hash)
      .where('api_keys.expires_at', '>', given.now),
  );

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    access: Access;
    identity: IdentitySeals;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#identity = options.identity;
  }

  /** What a key of this user may be for. @param uses what programs can ask at all */
  async offered(
    { user }: Pick<Session, 'user'>,
    uses: readonly Permission[],
    reader?: Reader,
  ): Promise<Permission[]> {
    const having = await this.#access.having(user, reader);
    return having.filter((permission) => uses.includes(permission) && !needsProof(permission));
  }

  /**
   * The secret is in the answer, and nowhere else from then on.
   * @param uses what programs can ask at all: for any other permission a key would be of no use
   * @throws InvalidError with a sentence for who makes the key
   */
  async make(
    session: Session,
    given: NewApiKey,
    uses: readonly Permission[],
    visit: Visit,
  ): Promise<{ id: string; secret: string }> {
    const now = this.#clock.now();
    if (!given.scopes.every((scope) => uses.includes(scope as Permission)))
      throw new InvalidError('scopes', 'choose only permissions that the API asks for');
    const { name, scopes, expiresAt } = readKey(given, now);
    const { secret, hash } = newKeySecret();
    const id = randomUUID();
    const { user } = session;
    const seal = await this.#identity.get();
    await this.#database.change(async (transaction) => {
      const having = await this.#access.having(user, transaction);
      const beyond = scopes.filter((scope) => !having.includes(scope));
      if (beyond.length > 0)
        throw new InvalidError('scopes', `your role does not include ${beyond.join(', ')}`);
      const dangerous = scopes.filter(needsProof);
      if (dangerous.length > 0)
        throw new InvalidError(
          'scopes',
          `${dangerous.join(', ')} is for people alone, who can prove to be it`,
        );
      // Those that are over are of no use to anybody, and would count.
      await transaction
        .deleteFrom('api_keys')
        .where('user_id', '=', user.id)
        .where('expires_at', '<=', instant(now))
        .execute();
      const own = await transaction
        .selectFrom('api_keys')
        .select('id')
        .where('user_id', '=', user.id)
        .execute();
      if (own.length >= most) throw new InvalidError('name', `end one of your ${most} keys first`);
      await transaction
        .insertInto('api_keys')
        .values(
          seal.on('api_keys', {
            secret_hash: hash,
            id,
            user_id: user.id,
            name,
            scopes: JSON.stringify(scopes),
            created_at: instant(now),
            expires_at: expiresAt,
            last_used_at: null,
          }),
        )
        .execute();
      await this.#audit.append(transaction, {
        action: 'api-key.made',
        origin: originOf(visit, session),
        subject: `api-key:${id}`,
        after: { name, scopes: scopes.join(' '), expiresAt },
      });
    });
    return { id, secret };
  }

  /** `2027-11-26`: no key works longer. */
  latestDay(): string {
    return latestDay(this.#clock.now());
  }

  /** Those of the user that work, the newest first. */
  async list({ user }: Session): Promise<ApiKey[]> {
    return (await this.#working(user.id)).map((row) => ({
      id: row.id,
      name: row.name,
      scopes: scopesOf(row.scopes),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_used_at ?? undefined,
    }));
  }

  /** @throws NotFoundError when it is no key of this user: of others nothing is told */
  async end(session: Session, id: string, visit: Visit): Promise<void> {
    await this.#database.change(async (transaction) => {
      const row = (await this.#working(session.user.id, transaction)).find((key) => key.id === id);
      if (row === undefined) throw new NotFoundError('such key');
      await this.#end(transaction, row, originOf(visit, session));
    });
  }

  /** How many keys of a user work. */
  async count(userId: string): Promise<number> {
    return (await this.#working(userId)).length;
  }

  /** Ends all keys of a user: whoever had the account may have made some. */
  async endAll(transaction: Writer, userId: string, origin: Origin): Promise<void> {
    for (const row of await this.#working(userId, transaction)) await this.#end(transaction, row, origin);
  }

  /** Who holds the key of an `Authorization: Bearer` header; undefined for what is no key, or one that is over. */
  async holder(authorization: string | undefined): Promise<KeyHolder | undefined> {
    const hash = presentedHash(authorization);
    if (hash === undefined) return undefined;
    await this.#identity.get();
    const now = this.#clock.now();
    const [row] = await this.#byHash.rows(this.#database.read, { hash, now: instant(now) });
    if (row === undefined || !(await this.#identity.isRight('api_keys', row))) return undefined;
    const { id: keyId, name: keyName, user_id: id, user_name: name, email, second_factor_since } = row;
    const user = { id, name, email, second_factor_since, seal: row.user_seal };
    if (!(await this.#identity.isRight('users', user))) return undefined;
    await this.#used(keyId, row.last_used_at, now);
    const membership = await membershipAlong(row, this.#identity);
    return { keyId, keyName, user: { id, name, scopes: scopesOf(row.scopes), membership } };
  }

  async #working(userId: string, reader: Reader = this.#database.read): Promise<KeyRow[]> {
    return await reader
      .selectFrom('api_keys')
      .selectAll()
      .where('user_id', '=', userId)
      .where('expires_at', '>', instant(this.#clock.now()))
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
  }

  async #end(transaction: Writer, { id, name, scopes }: KeyRow, origin: Origin): Promise<void> {
    await transaction.deleteFrom('api_keys').where('id', '=', id).execute();
    await this.#audit.append(transaction, {
      action: 'api-key.ended',
      origin,
      subject: `api-key:${id}`,
      before: { name, scopes: scopesOf(scopes).join(' ') },
    });
  }

  /** Not with every request: a reader must not write. */
  async #used(id: string, last: Instant | null, now: Date): Promise<void> {
    if (last !== null && now.getTime() - Date.parse(last) < prolongSeconds * 1_000) return;
    await this.#database.change((transaction) =>
      transaction
        .updateTable('api_keys')
        .set({ last_used_at: instant(now) })
        .where('id', '=', id)
        .execute(),
    );
  }
}

/** A scope that this version does not know gives nothing. */
function scopesOf(text: string): Permission[] {
  const known: unknown = JSON.parse(text);
  return Array.isArray(known) ? permissions.filter((permission) => known.includes(permission)) : [];
}
