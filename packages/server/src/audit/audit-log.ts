import type { Selectable } from 'kysely';
import { type Clock, type Database, type Instant, instant, type Writer } from '../platform/index.ts';
import { type AuditFilter, auditCondition } from './filter.ts';
import type { AuditEntryRow } from './schema.ts';

export interface Actor {
  /** Of a user; of who works on the machine itself, the name there. */
  readonly id: string;
  readonly name: string;
  /** Absent: a user of the console. */
  readonly kind?: 'system' | undefined;
}

/** `user:5c1f…`, `system:root` */
export const actorText = ({ kind, id }: Actor): string => `${kind ?? 'user'}:${id}`;

/** Who does something, and from where. */
export interface Origin {
  /** Undefined: nobody is signed in (yet). */
  readonly actor?: Actor | undefined;
  /** Undefined: the machine itself. */
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
}

type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** What is recorded. `before` and `after` hold what may be read by every auditor: never a secret, nor its hash. */
export interface AuditRecord {
  /** `password.changed`: a thing, and what happened to it. */
  readonly action: string;
  readonly origin: Origin;
  /** `user:5c1f…` */
  readonly subject?: string | undefined;
  readonly before?: Fields | undefined;
  readonly after?: Fields | undefined;
}

export interface AuditEntry extends AuditRecord {
  readonly id: number;
  readonly at: Instant;
}

/** Texts of a client are cut here: the log is for reading, and nobody may fill it with one request. */
const longestText = 200;

/**
 * Who did what, when, from where, and how it was before and after. Entries are appended in the transaction of the
 * change that they tell of, so that neither is there without the other; the database refuses to edit them.
 */
export class AuditLog {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(options: { database: Database; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  async append(transaction: Writer, record: AuditRecord): Promise<void> {
    const { actor, address, userAgent } = record.origin;
    await transaction
      .insertInto('audit_entries')
      .values({
        at: instant(this.#clock.now()),
        action: record.action,
        actor: actor === undefined ? null : cut(actorText(actor)),
        actor_name: cut(actor?.name),
        subject: cut(record.subject),
        address: cut(address),
        user_agent: cut(userAgent),
        before: record.before === undefined ? null : JSON.stringify(record.before),
        after: record.after === undefined ? null : JSON.stringify(record.after),
      })
      .execute();
  }

  /** The newest first. */
  async entries(
    options: AuditFilter & { readonly limit: number; readonly beforeId?: number | undefined },
  ): Promise<AuditEntry[]> {
    const { beforeId, limit, ...filter } = options;
    let query = this.#database.read
      .selectFrom('audit_entries')
      .selectAll()
      .where((e) => auditCondition(e, filter))
      .orderBy('id', 'desc')
      .limit(limit);
    if (beforeId !== undefined) query = query.where('id', '<', beforeId);
    return (await query.execute()).map(entryOf);
  }

  /** All that are like that, the newest first, a few at a time. */
  async *all(filter: AuditFilter = {}): AsyncGenerator<AuditEntry> {
    let beforeId: number | undefined;
    for (;;) {
      const some = await this.entries({ ...filter, limit: 500, beforeId });
      yield* some;
      beforeId = some.at(-1)?.id;
      if (beforeId === undefined) return;
    }
  }
}

/** Control characters would let a client write lines of his own into an export, and those of direction turn round what is read. */
const cut = (text: string | undefined): string | null =>
  text === undefined
    ? null
    : text
        .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
        .slice(0, longestText)
        .toWellFormed();

function actorOf(text: string, name: string): Actor {
  const id = text.replace(/^(user|system):/, '');
  return text.startsWith('system:') ? { id, name, kind: 'system' } : { id, name };
}

export const entryOf = (row: Selectable<AuditEntryRow>): AuditEntry => ({
  id: row.id,
  at: row.at,
  action: row.action,
  origin: {
    actor: row.actor === null ? undefined : actorOf(row.actor, row.actor_name ?? ''),
    address: row.address ?? undefined,
    userAgent: row.user_agent ?? undefined,
  },
  subject: row.subject ?? undefined,
  before: row.before === null ? undefined : JSON.parse(row.before),
  after: row.after === null ? undefined : JSON.parse(row.after),
});
