import type { Selectable } from 'kysely';
import { type Clock, type Database, Held, type Instant, instant } from '../platform/index.ts';
import { removalWords, removedAction } from './retention.ts';
import type { AuditRemovalRow } from './schema.ts';

/** What the records say by which entries of the audit log may go. */
export interface RemovalReport {
  readonly checkedAt: Instant;
  readonly removals: number;
  /** That went by the removals of the platform. */
  readonly entries: number;
  /** Records of removals that the platform did not make. */
  readonly foreign: number;
  readonly lastAt?: Instant;
}

type Removal = Selectable<AuditRemovalRow>;

/** The configuration lets nothing go that is younger. */
const leastAgeMs = 30 * 86_400_000;
const keptMs = 3_600_000;

/**
 * Looks for records of removals that somebody else wrote, since whoever has SQL needs one to remove an entry. Those of the
 * platform have an entry of the same transaction, which says the same, and are about what is old.
 */
export class RemovalCheck {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #held: Held<RemovalReport>;

  constructor(options: { database: Database; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#held = new Held({ clock: options.clock, forMs: keptMs, make: () => this.check() });
  }

  /** Of this hour: there may be tens of thousands, and they are looked at with every page. */
  async current(): Promise<RemovalReport> {
    return await this.#held.get();
  }

  async check(): Promise<RemovalReport> {
    const { read } = this.#database;
    const now = instant(this.#clock.now());
    // Before the entries: a removal that ends meanwhile has its entry by then.
    const records = await read.selectFrom('audit_removals').selectAll().orderBy('id').execute();
    const told = await read
      .selectFrom('audit_entries')
      .select(['subject', 'after'])
      .where('action', '=', removedAction)
      .execute();
    const entered = new Set(told.map(({ subject, after }) => `${subject} ${after}`));
    // Of two records that say the same one alone has the entry.
    const own = records.filter((record) => isOld(record, now) && entered.delete(asEntered(record)));
    const lastAt = records.at(-1)?.at;
    return {
      checkedAt: now,
      removals: records.length,
      entries: own.reduce((sum, { entries }) => sum + entries, 0),
      foreign: records.length - own.length,
      ...(lastAt === undefined ? {} : { lastAt }),
    };
  }
}

/** Of texts, as the database compares them when it lets something go. */
function isOld({ at, until }: Removal, now: Instant): boolean {
  const written = Date.parse(at);
  return at <= now && !Number.isNaN(written) && until <= instant(new Date(written - leastAgeMs));
}

/** As its entry has it; a record that is no JSON has none. */
function asEntered(record: Removal): string {
  try {
    const { subject, after } = removalWords(record);
    return `${subject} ${JSON.stringify(after)}`;
  } catch {
    return '';
  }
}
