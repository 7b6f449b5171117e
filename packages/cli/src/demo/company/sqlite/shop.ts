import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { Shop, ShopOptions } from '../shop.ts';
import type { TillOptions } from '../writer/till.ts';
import { type TableRows, tableRows } from './rows.ts';

/** Rows between two looks at the signal: about ten milliseconds. */
const batch = 5_000;
const droppedTables = ['payments', 'order_items', 'orders'] as const;

const script = (name: 'tables' | 'logic') => readFile(new URL(`./${name}.sql`, import.meta.url), 'utf8');

async function fillTable(database: DatabaseSync, table: TableRows, signal: AbortSignal): Promise<number> {
  const marks = table.columns.map(() => '?').join(', ');
  const insert = database.prepare(
    `INSERT INTO ${table.table} (${table.columns.join(', ')}) VALUES (${marks})`,
  );
  let count = 0;
  for (const row of table.rows()) {
    insert.run(...row);
    count += 1;
    if (count % batch === 0) {
      await turn();
      signal.throwIfAborted();
    }
  }
  return count;
}

async function fill(file: string, options: ShopOptions): Promise<{ rows: number; tables: number }> {
  const { size, today, signal, onProgress } = options;
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    // Until the shop opens nothing is promised to anybody; afterwards every commit waits for the disk.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    database.exec(await script('tables'));
    const tables = tableRows(size, today);
    let rows = 0;
    for (const [index, table] of tables.entries()) {
      onProgress?.(`filling ${table.table}`, index, tables.length + 1, 'steps');
      database.exec('BEGIN');
      rows += await fillTable(database, table, signal);
      database.exec('COMMIT');
    }
    onProgress?.('building indexes', tables.length, tables.length + 1, 'steps');
    database.exec(await script('logic'));
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    onProgress?.('building indexes', tables.length + 1, tables.length + 1, 'steps');
    return { rows, tables: tables.length };
  } finally {
    database.close();
  }
}

/** The web shop on SQLite: one file, used through real connections of several processes. */
export class SqliteShop implements Shop {
  readonly kind = 'sqlite';
  readonly description: string;
  readonly location: string;
  readonly password = undefined;
  readonly rows: number;
  readonly tables: number;
  readonly partitions = 0;
  readonly till: TillOptions;

  private constructor(file: string, rows: number, tables: number) {
    this.location = file;
    this.rows = rows;
    this.tables = tables;
    this.description = `SQLite in ${file}`;
    this.till = { kind: 'sqlite', file };
  }

  static async open(options: ShopOptions): Promise<SqliteShop> {
    const folder = join(options.folder, 'database');
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'shop.db');
    try {
      const { rows, tables } = await fill(file, options);
      return new SqliteShop(file, rows, tables);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async dropTables(): Promise<{ tables: readonly string[]; at: Date }> {
    this.#use((database) => {
      database.exec('BEGIN IMMEDIATE');
      for (const table of droppedTables) database.exec(`DROP TABLE ${table}`);
      database.exec('COMMIT');
    });
    return { tables: droppedTables, at: new Date() };
  }

  async known(references: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = this.#use((database) =>
      database
        .prepare('SELECT reference FROM orders WHERE reference IN (SELECT value FROM json_each(?))')
        .all(JSON.stringify(references)),
    );
    return new Set(rows.map((row) => String(row.reference)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(join(this.location, '..'), { recursive: true, force: true });
  }

  #use<T>(work: (database: DatabaseSync) => T): T {
    const database = new DatabaseSync(this.location, { timeout: 10_000, enableForeignKeyConstraints: false });
    try {
      return work(database);
    } finally {
      database.close();
    }
  }
}
