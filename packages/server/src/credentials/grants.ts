import type { Access, Asker } from '../access/index.ts';
import type { AuditLog, Origin } from '../audit/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  InvalidError,
  instant,
  NotFoundError,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import { appendToBook, noMore } from './book.ts';
import type { BookSeals } from './book-seal.ts';
import type { Grant } from './grant.ts';
import { findEntry, readEntry } from './read-entries.ts';
import { type GrantFilter, readGrants } from './read-grants.ts';

/** Who may open an entry of somebody else, why, and for how long. */
export interface NewGrant {
  readonly personId: string;
  readonly reason: string;
  /** Default: now. */
  readonly startsAt?: Instant;
  readonly endsAt: Instant;
  /** Absent: as often as the person likes until it ends. */
  readonly mostOpenings?: number;
}

const longestMs = 90 * 86_400_000;

/** Sharing is an act of the entry's owner, for a person and a time, and is written into the book. */
export class Grants {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #access: Access;
  readonly #seals: BookSeals;

  constructor(options: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    access: Access;
    seals: BookSeals;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#access = options.access;
    this.#seals = options.seals;
  }

  /** The newest first. */
  async list(filter: GrantFilter): Promise<Grant[]> {
    return await readGrants(this.#database.read, instant(this.#clock.now()), filter);
  }

  /**
   * @throws ServerError `server.forbidden` for anybody but the entry's owner, `server.proof-needed`; InvalidError for
   *   a person who may open nothing, and for times that cannot be
   */
  async give(
    asker: Asker,
    entryId: string,
    given: NewGrant,
    origin: Origin,
    also: (transaction: Writer, grant: Grant) => Promise<void> = async () => {},
  ): Promise<Grant> {
    const seal = await this.#seals.get();
    return await this.#database.change(async (transaction) => {
      await this.#access.require(asker, 'vault.share', { reader: transaction });
      const entry = await readEntry(transaction, entryId);
      if (entry.owner.id !== asker.user.id) throw notOwner();
      const person = await this.#personTo(transaction, asker, given.personId, entry.serviceId);
      const now = instant(this.#clock.now());
      const times = timesOf(given, now);
      const { reason, mostOpenings = null } = given;
      const number = await appendToBook(transaction, seal, {
        ...noMore,
        at: now,
        what: 'granted',
        entry_id: entry.id,
        entry_name: entry.name,
        owner_id: entry.owner.id,
        person_id: person.id,
        person_name: person.name,
        reason,
        starts_at: times.startsAt,
        ends_at: times.endsAt,
        most_openings: mostOpenings,
        address: origin.address ?? null,
      });
      await this.#audit.append(transaction, {
        action: 'vault-grant.given',
        origin,
        subject: `vault-entry:${entry.id}`,
        after: { grant: number, name: entry.name, to: person.id, reason, ...times, mostOpenings },
      });
      const grant = await this.#one(transaction, number);
      await also(transaction, grant);
      return grant;
    });
  }

  /** By the entry's owner, by whom it was given to, or by an owner of the organisation. Once it is over nothing happens. */
  async withdraw(asker: Asker, number: number, origin: Origin): Promise<void> {
    const seal = await this.#seals.get();
    await this.#database.change(async (transaction) => {
      const grant = await this.#one(transaction, number);
      const service = (await findEntry(transaction, grant.entryId))?.serviceId;
      const where = { reader: transaction, ...(service === undefined ? {} : { service }) };
      await this.#access.require(asker, 'vault.withdraw', where);
      const { id } = asker.user;
      const isTheirs = grant.ownerId === id || grant.person.id === id;
      if (!isTheirs && !(await this.#access.may(asker.user, 'vault.change', { reader: transaction }))) {
        throw notOwner();
      }
      if (grant.state !== 'active' && grant.state !== 'waiting' && grant.state !== 'member-gone') return;
      await appendToBook(transaction, seal, {
        ...noMore,
        at: instant(this.#clock.now()),
        what: 'ended',
        entry_id: grant.entryId,
        entry_name: grant.entryName,
        owner_id: grant.ownerId,
        person_id: id,
        person_name: origin.actor?.name ?? id,
        grant_number: number,
        address: origin.address ?? null,
      });
      await this.#audit.append(transaction, {
        action: 'vault-grant.withdrawn',
        origin,
        subject: `vault-entry:${grant.entryId}`,
        before: { grant: number, name: grant.entryName, to: grant.person.id, openings: grant.openings },
      });
    });
  }

  async #one(transaction: Writer, number: number): Promise<Grant> {
    const [grant] = await readGrants(transaction, instant(this.#clock.now()), { limit: 1, number });
    if (grant === undefined) throw new NotFoundError(`grant ${number}`);
    return grant;
  }

  async #personTo(transaction: Writer, asker: Asker, id: string, service: string | undefined) {
    if (id === asker.user.id) throw new InvalidError('personId', 'its owner needs no grant');
    const row = await transaction
      .selectFrom('users')
      .select(['id', 'name'])
      .where('id', '=', id)
      .executeTakeFirst();
    const where = { reader: transaction, ...(service === undefined ? {} : { service }) };
    if (row === undefined || !(await this.#access.may({ id }, 'vault.open', where))) {
      throw new InvalidError('personId', 'that is no member, or one whose role may not open it', {
        advice: 'Outside administrators open what is for a service that is assigned to them.',
      });
    }
    return row;
  }
}

const notOwner = (): ServerError =>
  new ServerError('server.forbidden', 'sharing an entry is an act of its owner', {
    advice: 'Ask its owner.',
  });

function timesOf(given: NewGrant, now: Instant): { startsAt: Instant; endsAt: Instant } {
  const startsAt = given.startsAt === undefined ? now : moment('startsAt', given.startsAt);
  const endsAt = moment('endsAt', given.endsAt);
  if (endsAt <= startsAt || endsAt <= now)
    throw new InvalidError('endsAt', 'it would be over before it begins');
  if (Date.parse(endsAt) - Date.parse(startsAt) > longestMs) {
    throw new InvalidError('endsAt', 'a grant lasts 90 days at most', { advice: 'Give another one then.' });
  }
  return { startsAt, endsAt };
}

function moment(field: string, text: string): Instant {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidError(field, 'it is no time');
  return instant(new Date(time));
}
