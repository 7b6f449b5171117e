import type { DatabaseSync } from 'node:sqlite';

/** The first damage that SQLite finds when it reads every page, or "ok". */
export function quickCheck(database: DatabaseSync): string {
  const [row] = database.prepare('pragma quick_check(1)').all();
  return String(Object.values(row ?? {})[0] ?? 'no answer');
}
