import type { Access, Asker } from '../access/index.ts';
import type { AuditLog, Origin } from '../audit/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  instant,
  NotFoundError,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { appendToBook, bookRow, isAsWritten, noMore } from './book.ts';
import type { BookSeal, BookSeals } from './book-seal.ts';
import { type Entry, type Person, secretOf } from './entry.ts';
import { readEntry } from './read-entries.ts';
import { readGrants } from './read-grants.ts';

/** Somebody was given the secret of an entry. */
export interface Opening {
  readonly number: number;
  readonly at: Instant;
  readonly entryId: string;
  /** As it was then. */
  readonly entryName: string;
  readonly ownerId: string;
  readonly person: Person;
  /** Of the grant; absent: the owner. */
  readonly grant?: number;
  readonly address?: string;
}

export interface OpeningFilter {
  readonly limit: number;
  readonly beforeNumber?: number;
  readonly entryId?: string;
  /** Of the entries of this member. */
  readonly ownerId?: string;
  /** Absent: also of entries for no service, or that are gone. */
  readonly serviceIds?: readonly string[];
}

/** Of one person; more at once is no work with passwords, but somebody who takes them all along. */
export const openingsAnHour = 20;

/** The one way by which a person gets at a secret. */
export class Openings {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #vault: Vault;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #seals: BookSeals;

  constructor(options: {
    database: Database;
    clock: Clock;
    vault: Vault;
    audit: AuditLog;
    access: Access;
    seals: BookSeals;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#vault = options.vault;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#seals = options.seals;
  }

  /**
   * The secret, to its owner or under a grant that runs. It is recorded before it is opened: what then fails, or is
   * cut off, counts as opened.
   * @throws ServerError `server.forbidden`, `server.proof-needed`, `server.no-grant`, `server.too-many-openings`
   * @throws VaultError when the key of the vault is not here; nothing is recorded then
   */
  async open(asker: Asker, entryId: string, origin: Origin): Promise<{ secret: string; opening: Opening }> {
    const seal = await this.#seals.get();
    const recorded = await this.#database.change((t) => this.#record(t, seal, asker, entryId, origin));
    if (recorded instanceof ServerError) throw recorded;
    const secret = await this.#vault.openForPerson(secretOf(recorded.entry));
    if (secret === undefined) throw new NotFoundError(`entry "${entryId}" in the vault`);
    return { secret, opening: recorded.opening };
  }

  /** The newest first. */
  async list({ limit, beforeNumber, entryId, ownerId, serviceIds }: OpeningFilter): Promise<Opening[]> {
    let query = this.#database.read
      .selectFrom('vault_book as o')
      .leftJoin('vault_entries as entry', 'entry.id', 'o.entry_id')
      .selectAll('o')
      .where('o.what', '=', 'opened')
      .orderBy('o.number', 'desc')
      .limit(limit);
    if (beforeNumber !== undefined) query = query.where('o.number', '<', beforeNumber);
    if (entryId !== undefined) query = query.where('o.entry_id', '=', entryId);
    if (ownerId !== undefined) query = query.where('o.owner_id', '=', ownerId);
    if (serviceIds !== undefined) {
      query = query.where('entry.service_id', 'in', serviceIds.length === 0 ? [''] : [...serviceIds]);
    }
    return (await query.execute()).map((row) => ({
      number: row.number,
      at: row.at,
      entryId: row.entry_id,
      entryName: row.entry_name,
      ownerId: row.owner_id,
      person: { id: row.person_id, name: row.person_name },
      ...(row.grant_number === null ? {} : { grant: row.grant_number }),
      ...(row.address === null ? {} : { address: row.address }),
    }));
  }

  /** What is refused is recorded too, so that it is given back and not thrown, which would undo that. */
  async #record(
    transaction: Writer,
    seal: BookSeal,
    asker: Asker,
    entryId: string,
    origin: Origin,
  ): Promise<{ entry: Entry; opening: Opening } | ServerError> {
    const entry = await readEntry(transaction, entryId);
    const where = {
      reader: transaction,
      ...(entry.serviceId === undefined ? {} : { service: entry.serviceId }),
    };
    await this.#access.require(asker, 'vault.open', where);
    const { id } = asker.user;
    const grant = entry.owner.id === id ? undefined : await this.#grantTo(transaction, seal, entry, id);
    const about = { origin, subject: `vault-entry:${entry.id}` };
    if (entry.owner.id !== id && grant === undefined) {
      await this.#audit.append(transaction, {
        ...about,
        action: 'vault-entry.not-opened',
        after: { why: 'no grant' },
      });
      return noGrant();
    }
    if (await this.#isTooOften(transaction, id)) {
      await this.#audit.append(transaction, {
        ...about,
        action: 'vault-entry.not-opened',
        after: { why: 'too often' },
      });
      return tooOften();
    }
    const at = instant(this.#clock.now());
    const person = { id, name: origin.actor?.name ?? id };
    const address = origin.address ?? null;
    const number = await appendToBook(transaction, seal, {
      ...noMore,
      ...{ at, what: 'opened', entry_id: entry.id, entry_name: entry.name, owner_id: entry.owner.id },
      ...{ person_id: id, person_name: person.name, grant_number: grant ?? null, address },
    });
    await this.#audit.append(transaction, {
      ...about,
      action: openedAction,
      after: { number, name: entry.name, owner: entry.owner.id, grant: grant ?? null },
    });
    const opening = {
      ...{ number, at, entryId: entry.id, entryName: entry.name, ownerId: entry.owner.id, person },
      ...(grant === undefined ? {} : { grant }),
      ...(address === null ? {} : { address }),
    };
    return { entry, opening };
  }

  /** The number of a grant that runs, was given by who owns the entry now, and is as it was written. */
  async #grantTo(
    transaction: Writer,
    seal: BookSeal,
    entry: Entry,
    personId: string,
  ): Promise<number | undefined> {
    const now = instant(this.#clock.now());
    const given = await readGrants(transaction, now, { limit: 1_000, entryId: entry.id, personId });
    for (const { number, state, ownerId } of given) {
      if (state !== 'active' || ownerId !== entry.owner.id) continue;
      const row = await bookRow(transaction, number);
      if (row !== undefined && (await isAsWritten(transaction, seal, row))) return number;
    }
    return undefined;
  }

  async #isTooOften(transaction: Writer, personId: string): Promise<boolean> {
    const { opened } = await transaction
      .selectFrom('vault_book')
      .select((e) => e.fn.countAll<number>().as('opened'))
      .where('person_id', '=', personId)
      .where('what', '=', 'opened')
      .where('at', '>', instant(new Date(this.#clock.now().getTime() - 3_600_000)))
      .executeTakeFirstOrThrow();
    return Number(opened) >= openingsAnHour;
  }
}

export const openedAction = 'vault-entry.opened';

const noGrant = (): ServerError =>
  new ServerError('server.no-grant', 'its owner has not shared it with you, or not for this time', {
    advice: 'Ask its owner to share it, with a reason and until when.',
  });

const tooOften = (): ServerError =>
  new ServerError('server.too-many-openings', `${openingsAnHour} secrets were opened within an hour`, {
    advice: 'Wait, or let a colleague open some.',
  });
