import { randomUUID } from 'node:crypto';
import type { Access } from '../access/index.ts';
import type { AuditLog, Origin } from '../audit/index.ts';
import { type IdentitySeals, knownUser } from '../identity/index.ts';
import {
  type Clock,
  type Database,
  InvalidError,
  instant,
  type Reader,
  type Writer,
} from '../platform/index.ts';
import { longestSecret, type Vault } from '../vault/index.ts';
import { type Entry, type EntryChanges, type NewEntry, secretOf } from './entry.ts';
import { type EntryFilter, readEntries, readEntry } from './read-entries.ts';

/** Called within the transaction with the entry as it is then; what it throws undoes everything. */
export type EntryCheck = (transaction: Writer, entry: Entry) => Promise<void>;

const nothing: EntryCheck = async () => {};

/**
 * Credentials that members keep: described for all who may look, the secret sealed before it reaches the database.
 * Nothing here gives a secret back. Every change is entered in the audit log in its transaction.
 */
export class Entries {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #vault: Vault;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #identity: IdentitySeals;

  constructor(options: {
    database: Database;
    clock: Clock;
    vault: Vault;
    audit: AuditLog;
    access: Access;
    identity: IdentitySeals;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#vault = options.vault;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#identity = options.identity;
  }

  async list(filter: EntryFilter): Promise<Entry[]> {
    return await readEntries(this.#database.read, filter);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Entry> {
    return await readEntry(this.#database.read, id);
  }

  /** @throws InvalidError when the owner is no member, has one of that name, or the service is none */
  async add(given: NewEntry, origin: Origin, also: EntryCheck = nothing): Promise<Entry> {
    checkSecret(given.secret);
    await this.#vault.prepare();
    return await this.#database.change(async (transaction) => {
      await this.#checkNew(transaction, given);
      const now = instant(this.#clock.now());
      const { ownerId: owner_id, name, kind, login = null, serviceId = null, customer = null } = given;
      const id = randomUUID();
      const row = { id, owner_id, name, kind, login, service_id: serviceId, customer };
      await transaction
        .insertInto('vault_entries')
        .values({ ...row, created_at: now, sealed_at: now })
        .execute();
      const entry = await readEntry(transaction, id);
      await this.#vault.seal(transaction, secretOf(entry), given.secret);
      await this.#append(transaction, 'added', origin, { entry, after: shown(entry) });
      await also(transaction, entry);
      return entry;
    });
  }

  /** What is given; a new secret takes the place of the one before, for which grants that run are good as well. */
  async change(
    id: string,
    changes: EntryChanges,
    origin: Origin,
    check: EntryCheck = nothing,
  ): Promise<Entry> {
    const { secret } = changes;
    if (secret !== undefined) checkSecret(secret);
    await this.#vault.prepare();
    return await this.#database.change(async (transaction) => {
      const before = await readEntry(transaction, id);
      await check(transaction, before);
      await checkService(transaction, changes.serviceId);
      const { kind = before.kind, login, serviceId, customer } = changes;
      const set = {
        kind,
        ...(login === undefined ? {} : { login }),
        ...(serviceId === undefined ? {} : { service_id: serviceId }),
        ...(customer === undefined ? {} : { customer }),
        ...(secret === undefined ? {} : { sealed_at: instant(this.#clock.now()) }),
      };
      await transaction.updateTable('vault_entries').set(set).where('id', '=', id).execute();
      if (secret !== undefined) await this.#vault.seal(transaction, secretOf(before), secret);
      const entry = await readEntry(transaction, id);
      const action = secret === undefined ? 'changed' : 'replaced';
      await this.#append(transaction, action, origin, { entry, before: shown(before), after: shown(entry) });
      return entry;
    });
  }

  /** The secret goes at once, and with it what grants were good for; what was recorded of it stays. */
  async remove(id: string, origin: Origin, check: EntryCheck = nothing): Promise<void> {
    await this.#database.change(async (transaction) => {
      const entry = await readEntry(transaction, id);
      await check(transaction, entry);
      await this.#vault.remove(transaction, secretOf(entry));
      await transaction.deleteFrom('vault_entries').where('id', '=', id).execute();
      await this.#append(transaction, 'removed', origin, { entry, before: shown(entry) });
    });
  }

  /** By the e-mail address of the account. @throws InvalidError */
  async memberByEmail(email: string): Promise<string> {
    const rooms = { database: this.#database, identity: this.#identity };
    const user = await knownUser(rooms, { email: email.toLowerCase() });
    if (user === undefined || (await this.#access.membership(user)) === undefined)
      throw new InvalidError('owner', `${email} is no member`);
    return user.id;
  }

  async #append(
    transaction: Writer,
    what: string,
    origin: Origin,
    { entry, before, after }: { entry: Entry; before?: Shown; after?: Shown },
  ): Promise<void> {
    await this.#audit.append(transaction, {
      action: `vault-entry.${what}`,
      origin,
      subject: `vault-entry:${entry.id}`,
      before,
      after,
    });
  }

  async #checkNew(transaction: Writer, { ownerId, name, serviceId }: NewEntry): Promise<void> {
    if ((await this.#access.membership({ id: ownerId }, transaction)) === undefined)
      throw new InvalidError('ownerId', 'that is no member');
    await checkService(transaction, serviceId);
    const same = await transaction
      .selectFrom('vault_entries')
      .select('id')
      .where('owner_id', '=', ownerId)
      .where('name', '=', name)
      .executeTakeFirst();
    if (same !== undefined) {
      throw new InvalidError('name', 'its owner has an entry of that name already', {
        advice: 'Give that one a new secret, or choose another name.',
      });
    }
  }
}

type Shown = Readonly<Record<string, string | null>>;

/** For the audit log. */
const shown = (entry: Entry): Shown => ({
  name: entry.name,
  kind: entry.kind,
  owner: entry.owner.id,
  login: entry.login ?? null,
  service: entry.serviceId ?? null,
  customer: entry.customer ?? null,
});

async function checkService(reader: Reader, id: string | null | undefined): Promise<void> {
  if (id === undefined || id === null) return;
  const row = await reader
    .selectFrom('services')
    .select('id')
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw new InvalidError('serviceId', 'there is no such service');
}

function checkSecret(secret: string): void {
  if (secret === '') throw new InvalidError('secret', 'it is empty');
  if (Buffer.byteLength(secret) > longestSecret) {
    throw new InvalidError('secret', `it may have ${longestSecret} bytes at most`);
  }
}
