import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SqliteDialect, sql } from 'kysely';
import { DatabaseDamagedError, ServerError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { kyselyDatabase } from './node-sqlite.ts';
import { sqliteSchema } from './schema-dialect.ts';

/** How long a statement waits for another process's write lock. */
const busyMilliseconds = 15_000;

/** Opens the file, makes it when it is missing, and looks whether it is damaged. */
export function openSqlite(file: string): Engine {
  const sqlite = openFile(file);
  return {
    kind: 'sqlite',
    where: file,
    dialect: new SqliteDialect({ database: kyselyDatabase(sqlite) }),
    schema: sqliteSchema,
    // Transactions begin as IMMEDIATE, which is the lock.
    lockForChange: async () => undefined,
    lockForMigration: async () => undefined,
    async isNew(transaction) {
      const found = sql`select 1 from sqlite_master where type = 'table' and name = 'migrations'`;
      return (await found.execute(transaction)).rows.length === 0;
    },
    prepare: async () => undefined,
    ready: () => undefined,
    explain: (error) => explain(file, error),
  };
}

function openFile(file: string): DatabaseSync {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(file, { timeout: busyMilliseconds, enableForeignKeyConstraints: true });
    if (file !== ':memory:') chmodSync(file, 0o600);
    enterWal(sqlite);
    // FULL: a run that was reported as recorded is still there after a power cut.
    sqlite.exec('pragma synchronous = FULL; pragma foreign_keys = ON');
    // Cheap: reads the schema and the free list, which the commonest damages hit.
    const [check] = sqlite.prepare('pragma quick_check(1)').all();
    const finding = String(Object.values(check ?? {})[0] ?? 'no answer');
    if (finding !== 'ok') throw new DatabaseDamagedError(file, finding);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw explain(file, error);
  }
}

/** SQLite refuses to wait while the journal mode changes, hence the patience here. */
function enterWal(sqlite: DatabaseSync): void {
  const until = Date.now() + busyMilliseconds;
  for (;;) {
    try {
      sqlite.exec('pragma journal_mode = WAL');
      return;
    } catch (error) {
      if (!/locked|busy/i.test((error as Error).message) || Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
}

// SQLITE_CORRUPT and SQLITE_NOTADB of https://www.sqlite.org/rescode.html
const damageCodes = [11, 26];

function explain(file: string, error: unknown): unknown {
  if (error instanceof ServerError) return error;
  const { errcode, message } = error as { errcode?: number; message: string };
  if (errcode !== undefined && damageCodes.includes(errcode & 0xff)) {
    return new DatabaseDamagedError(file, message, { cause: error });
  }
  if (errcode === undefined) return error;
  return new ServerError('server.database-unusable', `the database ${file} cannot be opened: ${message}`, {
    cause: error,
    advice: 'Check that the folder exists, belongs to this user and has space left.',
  });
}
