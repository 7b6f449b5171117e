import { type Clock, type Database, Held, type Instant, instant } from '../platform/index.ts';
import type { BookRow, BookSeal, BookSeals } from './book-seal.ts';
import { openedAction } from './openings.ts';
import { transferredAction } from './transfers.ts';

/** What the book of the vault says when it is read from its first entry to its last. */
export interface BookReport {
  readonly checkedAt: Instant;
  /** Things that members keep now. */
  readonly entries: number;
  readonly openings: number;
  readonly byOwners: number;
  readonly underGrants: number;
  /** Openings by somebody to whom no grant was running, nor the entry belonged. */
  readonly withoutGrant: number;
  /** Entries that were given another owner. */
  readonly transfers: number;
  /** Entries of the book that are not as they were written, or are gone. */
  readonly altered: number;
  /** Entries that cannot be verified here: the key that sealed them is not. */
  readonly unverified: number;
  readonly lastOpenedAt?: Instant;
}

const pageSize = 1_000;
const keptMs = 15_000;

/** Reads the book again and again, and believes none of it that is not as it was written. */
export class BookCheck {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #seals: BookSeals;
  readonly #held: Held<BookReport>;

  constructor(options: { database: Database; clock: Clock; seals: BookSeals }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#held = new Held({ clock: options.clock, forMs: keptMs, make: () => this.check() });
    this.#seals = options.seals;
  }

  /** Of this moment, or a few seconds old: a page that everybody reads does not read the book each time. */
  async current(): Promise<BookReport> {
    return await this.#held.get();
  }

  async check(): Promise<BookReport> {
    const { read } = this.#database;
    // Before the book: an opening is in both or in neither, so that the book may have more by now, and never less.
    const [{ entries }, told, seal] = await Promise.all([
      read
        .selectFrom('vault_entries')
        .select((e) => e.fn.countAll<number>().as('entries'))
        .executeTakeFirstOrThrow(),
      read
        .selectFrom('audit_entries')
        .select((e) => ['action', e.fn.countAll<number>().as('entries')] as const)
        .where('action', 'in', [openedAction, transferredAction])
        // Those of before the book had them name no number of it; in a reason the quotation marks are written otherwise.
        .where('after', 'like', '%"number":%')
        .groupBy('action')
        .execute(),
      this.#seals.known(),
    ]);
    const toldOf = (action: string) => Number(told.find((each) => each.action === action)?.entries ?? 0);
    const reading = new Reading(seal);
    for (;;) {
      const rows = await read
        .selectFrom('vault_book')
        .selectAll()
        .where('number', '>', reading.number)
        .orderBy('number')
        .limit(pageSize)
        .execute();
      for (const row of rows) reading.take(row);
      if (rows.length < pageSize) break;
    }
    const { openings, byOwners, underGrants, withoutGrant, transfers } = reading;
    const { altered, unverified, lastOpenedAt } = reading;
    const lacking =
      Math.max(0, toldOf(openedAction) - openings) + Math.max(0, toldOf(transferredAction) - transfers);
    return {
      checkedAt: instant(this.#clock.now()),
      entries: Number(entries),
      ...{ openings, byOwners, underGrants, withoutGrant, transfers, unverified },
      altered: altered + lacking,
      ...(lastOpenedAt === undefined ? {} : { lastOpenedAt }),
    };
  }
}

interface RunningGrant {
  readonly row: BookRow;
  openings: number;
  isEnded: boolean;
}

/** The book as far as it was read. */
class Reading {
  number = 0;
  openings = 0;
  byOwners = 0;
  underGrants = 0;
  withoutGrant = 0;
  transfers = 0;
  altered = 0;
  unverified = 0;
  lastOpenedAt: Instant | undefined;
  readonly #seal: BookSeal | undefined;
  readonly #grants = new Map<number, RunningGrant>();
  /** Whose an entry is since it was given away, by its id. */
  readonly #owners = new Map<string, string>();
  #previous = '';

  constructor(seal: BookSeal | undefined) {
    this.#seal = seal;
  }

  take(row: BookRow): void {
    let isAltered = false;
    if (row.number !== this.number + 1) this.altered++;
    if (row.sealed_by !== this.#seal?.id) this.unverified++;
    else if (!this.#seal.isRight(this.#previous, row)) {
      this.altered++;
      isAltered = true;
    }
    if (row.what === 'opened') this.#opened(row);
    else if (row.what === 'granted') {
      // What an altered one grants was never granted; of an end or an opening it is taken for true.
      if (!isAltered) this.#grants.set(row.number, { row, openings: 0, isEnded: false });
    } else if (row.what === 'transferred') {
      this.transfers++;
      this.#owners.set(row.entry_id, row.owner_id);
    } else {
      const grant = this.#grants.get(row.grant_number ?? 0);
      if (grant !== undefined) grant.isEnded = true;
    }
    this.number = row.number;
    this.#previous = row.seal;
  }

  #opened(row: BookRow): void {
    this.openings++;
    this.lastOpenedAt = row.at;
    if (row.grant_number === null) {
      const owner = this.#owners.get(row.entry_id) ?? row.owner_id;
      if (row.person_id === row.owner_id && row.owner_id === owner) this.byOwners++;
      else this.withoutGrant++;
      return;
    }
    const grant = this.#grants.get(row.grant_number);
    if (grant === undefined || !isGood(grant, row)) {
      this.withoutGrant++;
      return;
    }
    grant.openings++;
    this.underGrants++;
  }
}

function isGood({ row: grant, openings, isEnded }: RunningGrant, opening: BookRow): boolean {
  const { starts_at, ends_at, most_openings } = grant;
  return (
    !isEnded &&
    grant.entry_id === opening.entry_id &&
    grant.owner_id === opening.owner_id &&
    grant.person_id === opening.person_id &&
    starts_at !== null &&
    ends_at !== null &&
    opening.at >= starts_at &&
    opening.at < ends_at &&
    (most_openings === null || openings < most_openings)
  );
}
