import { createHash } from 'node:crypto';
import { SourceError } from '../errors.ts';
import type { InventoryObject, SourceContext } from '../source.ts';
import type { SqliteDatabase } from './database.ts';

const fingerprint = (sql: string): string => createHash('sha256').update(sql).digest('hex').slice(0, 16);

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Settings that belong to the file and must come back. */
const settings = ['user_version', 'application_id', 'encoding', 'auto_vacuum'] as const;

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/**
 * Tables with their rows, indexes, triggers, views, settings, positions of AUTOINCREMENT. The database
 * must not change meanwhile: a copy, or a live one inside a transaction.
 */
export async function readSqliteInventory(
  database: SqliteDatabase,
  context: SourceContext,
): Promise<InventoryObject[]> {
  const schema = await database.query<SchemaRow>('select type, name, sql from sqlite_schema');
  const objects: InventoryObject[] = [];
  const tables = schema.filter(({ type, name }) => type === 'table' && !name.startsWith('sqlite_'));
  let done = 0;
  for (const { type, name, sql } of schema) {
    // Their like are made by SQLite itself: automatic indexes and statistics.
    if (name.startsWith('sqlite_')) continue;
    const object = { type, name, ...(sql === null ? {} : { detail: fingerprint(sql) }) };
    if (type !== 'table') {
      objects.push(object);
      continue;
    }
    context.onProgress?.({ step: 'counting rows', done, total: tables.length, unit: 'objects' });
    done += 1;
    const count = await countRows(database, name, sql ?? '');
    objects.push(count === undefined ? object : { ...object, count });
  }
  if (schema.some(({ name }) => name === 'sqlite_sequence')) {
    const rows = await database.query<{ name: string; seq: number }>('select name, seq from sqlite_sequence');
    for (const { name, seq } of rows) objects.push({ type: 'sequence-position', name, detail: `${seq}` });
  }
  for (const name of settings) {
    const [row] = await database.query<Record<string, unknown>>(`pragma ${name}`);
    objects.push({ type: 'setting', name, detail: `${row?.[name]}` });
  }
  const violations = await database.query('select 1 from pragma_foreign_key_check limit 1000');
  objects.push({ type: 'foreign-key-violation', name: 'all', count: violations.length });
  return objects;
}

/** Undefined for a virtual table whose module this SQLite lacks; its data is in ordinary tables anyway. */
async function countRows(database: SqliteDatabase, name: string, sql: string): Promise<number | undefined> {
  try {
    const [row] = await database.query<{ count: number }>(`select count(*) as count from ${quoteName(name)}`);
    return row?.count;
  } catch (error) {
    const virtual = /^create\s+virtual\s/i.test(sql);
    if (virtual && error instanceof SourceError && /no such module/.test(error.message)) return undefined;
    throw error;
  }
}

/** SQLite's own check of the whole file: structure, indexes, constraints. Empty when it is sound. */
export async function findDamage(database: SqliteDatabase): Promise<string[]> {
  const rows = await database.query<{ integrity_check: string }>('pragma integrity_check(50)');
  const found = rows.map((row) => row.integrity_check);
  return found.length === 1 && found[0] === 'ok' ? [] : found;
}
