import { createHash } from 'node:crypto';
import { expressionBuilder } from 'kysely';
import {
  type Clock,
  type Database,
  type Instant,
  instant,
  type Log,
  Recurring,
  type Writer,
} from '../platform/index.ts';
import { type AuditEntry, type AuditLog, entryOf } from './audit-log.ts';
import { csvLine } from './csv.ts';
import type { AuditRemovalRow, AuditTables } from './schema.ts';

export interface AuditRetentionSettings {
  readonly keepSeconds: number;
  /** `user:5c1f…`: what was done by these or to these stays for as long as they are named. */
  readonly hold: readonly string[];
}

export interface AuditRemoval {
  /** Everything that is older, but for what is always kept and what is held. */
  readonly until: Instant;
  readonly firstId: number;
  readonly lastId: number;
  readonly entries: number;
  /** SHA-256, hex, of the removed entries as lines of the CSV export, the oldest first. */
  readonly digest: string;
}

const hour = 3_600_000;
/** So many in one transaction: others wait meanwhile. */
const most = 5_000;
export const removedAction = 'audit.removed';

type RemovalRecord = Pick<AuditRemovalRow, 'until' | 'first_id' | 'last_id' | 'entries' | 'held' | 'digest'>;

/** What the entry about a removal says of its record. */
export const removalWords = ({ first_id, last_id, entries, until, digest, held }: RemovalRecord) => ({
  subject: `audit:${first_id}-${last_id}`,
  after: { entries, until, digest, held: (JSON.parse(held) as string[]).join(' ') },
});

/**
 * Entries that are older than they are to be kept go, each time with a record and an entry that say which and how many.
 * The database lets nothing go without that record, and never what happened in the vault, which the check of its
 * book counts, nor the entries about removals.
 */
export class AuditRetention {
  readonly recurring: Recurring;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #settings: AuditRetentionSettings;

  constructor(options: {
    database: Database;
    clock: Clock;
    log: Log;
    audit: AuditLog;
    settings: AuditRetentionSettings;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#settings = options.settings;
    this.recurring = new Recurring({
      everyMs: hour,
      clock: options.clock,
      log: options.log,
      failure: 'old entries of the audit log cannot be removed',
      turn: async (stop) => {
        while (!stop.aborted && (await this.removeSome()) !== undefined);
      },
    });
  }

  /** The oldest that are due, so many at most; undefined when none is. */
  async removeSome(): Promise<AuditRemoval | undefined> {
    const until = instant(new Date(this.#clock.now().getTime() - this.#settings.keepSeconds * 1_000));
    // A look without the lock first: mostly there is nothing.
    const some = await this.#database.read
      .selectFrom('audit_entries')
      .select('id')
      .where(this.#isDue(until))
      .orderBy('at')
      .limit(1)
      .executeTakeFirst();
    if (some === undefined) return undefined;
    return await this.#database.change(async (transaction) => {
      const rows = await transaction
        .selectFrom('audit_entries')
        .selectAll()
        .where(this.#isDue(until))
        .orderBy('id')
        .limit(most)
        .execute();
      const due = rows.map(entryOf);
      const [first, last] = [due.at(0), due.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      const removal: AuditRemoval = {
        until,
        firstId: first.id,
        lastId: last.id,
        entries: due.length,
        digest: digestOf(due),
      };
      await this.#record(transaction, removal);
      const { numDeletedRows } = await transaction
        .deleteFrom('audit_entries')
        .where(this.#isDue(until))
        .where('id', '>=', first.id)
        .where('id', '<=', last.id)
        .executeTakeFirst();
      if (Number(numDeletedRows) !== due.length)
        throw new Error(`${numDeletedRows} entries would go, and ${due.length} were recorded`);
      return removal;
    });
  }

  async #record(transaction: Writer, { until, firstId, lastId, entries, digest }: AuditRemoval) {
    const held = JSON.stringify(this.#settings.hold);
    const record = { until, first_id: firstId, last_id: lastId, entries, held, digest };
    await transaction
      .insertInto('audit_removals')
      .values({ at: instant(this.#clock.now()), ...record })
      .execute();
    await this.#audit.append(transaction, {
      action: removedAction,
      origin: { actor: { kind: 'system', id: 'octobox', name: 'Octobox' } },
      ...removalWords(record),
    });
  }

  /** The same in words that the trigger of `audit_entries` has. */
  #isDue(until: Instant) {
    const e = expressionBuilder<AuditTables, 'audit_entries'>();
    const hold = [...this.#settings.hold];
    const isFree = (column: 'subject' | 'actor') => e.or([e(column, 'is', null), e(column, 'not in', hold)]);
    return e.and([
      e('at', '<', until),
      e('action', 'not like', 'vault-%'),
      e('action', 'not like', 'audit.%'),
      ...(hold.length === 0 ? [] : [isFree('subject'), isFree('actor')]),
    ]);
  }
}

const digestOf = (entries: readonly AuditEntry[]): string => {
  const hash = createHash('sha256');
  for (const entry of entries) hash.update(csvLine(entry));
  return hash.digest('hex');
};
