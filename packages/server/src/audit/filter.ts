import { type ExpressionBuilder, sql } from 'kysely';
import { InvalidError } from '../platform/index.ts';
import type { AuditEntryRow } from './schema.ts';

/** Which entries: those that everything given is true of. Texts are found in any case. */
export interface AuditFilter {
  /** In what was done, who did it, to what, from where, and what changed. */
  readonly search?: string | undefined;
  /** In the name of who did it. */
  readonly person?: string | undefined;
  /** What was done begins with it: `member`, `member.removed`. */
  readonly kind?: string | undefined;
  /** In what it was done to: `service:`, an id. */
  readonly object?: string | undefined;
  /** The first and the last day, UTC: `2026-11-26`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const names = ['search', 'person', 'kind', 'object', 'from', 'to'] as const;
const longest = 200;

/**
 * A filter as an address carries it, in which an empty word asks for nothing. What cannot be meant is refused: it would leave
 * more, or less, than was asked for. @throws InvalidError
 */
export function readAuditFilter(words: Readonly<Record<string, string>>): AuditFilter {
  const known: readonly string[] = names;
  for (const [name, word] of Object.entries(words)) {
    if (!known.includes(name)) throw new InvalidError(name, `is not one of ${names.join(', ')}`);
    if (word.length > longest) throw new InvalidError(name, `it has at most ${longest} characters`);
    if (word.includes('\0')) throw new InvalidError(name, 'it holds a zero byte');
    if ((name === 'from' || name === 'to') && word !== '' && !isDay(word))
      throw new InvalidError(name, 'it must be a day such as 2026-11-26');
  }
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word !== ''));
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

type Column = 'action' | 'actor_name' | 'subject' | 'address' | 'before' | 'after';

/** As a condition of the database. */
export function auditCondition(
  e: ExpressionBuilder<{ audit_entries: AuditEntryRow }, 'audit_entries'>,
  { search, person, kind, object, from, to }: AuditFilter,
) {
  const like = (column: Column, pattern: string) =>
    sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
  const within = (text: string): string => `%${escaped(text)}%`;
  const anywhere = ['action', 'actor_name', 'subject', 'address', 'before', 'after'] as const;
  return e.and([
    ...(search === undefined ? [] : [e.or(anywhere.map((column) => like(column, within(search))))]),
    ...(person === undefined ? [] : [like('actor_name', within(person))]),
    ...(kind === undefined ? [] : [like('action', `${escaped(kind)}%`)]),
    ...(object === undefined ? [] : [like('subject', within(object))]),
    // Instants are texts that are ordered as they are written, and each of a day is longer than its name.
    ...(from === undefined ? [] : [e('at', '>=', from)]),
    ...(to === undefined ? [] : [e('at', '<=', `${to}T23:59:59.999Z`)]),
  ]);
}

const escaped = (text: string): string => text.toLowerCase().replace(/[\\%_]/g, '\\$&');
