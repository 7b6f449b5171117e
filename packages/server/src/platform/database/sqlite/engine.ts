import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { SqliteDialect, sql } from 'kysely';
import { DatabaseDamagedError, ServerError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { sqliteSchema } from '../schema-dialect.ts';
import { kyselyDatabase } from './node-sqlite.ts';
import { quickCheck } from './quick-check.ts';

/** How long a statement waits for another process's write lock. */
const busyMilliseconds = 15_000;
const checker = join(import.meta.dirname, 'check-file.ts');
const exec = promisify(execFile);

/** Opens the file, makes it when it is missing, and looks whether it is damaged, unless that is left for later. */
export function openSqlite(file: string, options: { readonly checkLater: boolean }): Engine {
  const sqlite = openFile(file, options);
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
    check: (stop) => check(file, sqlite, stop),
    explain: (error) => explain(file, error),
    close: async () => undefined,
  };
}

function openFile(file: string, { checkLater }: { readonly checkLater: boolean }): DatabaseSync {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(file, { timeout: busyMilliseconds, enableForeignKeyConstraints: true });
    if (file !== ':memory:') chmodSync(file, 0o600);
    enterWal(sqlite);
    // FULL: a run that was reported as recorded is still there after a power cut.
    sqlite.exec('pragma synchronous = FULL; pragma foreign_keys = ON');
    if (!checkLater) refuseDamage(file, sqlite);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw explain(file, error);
  }
}

/** It reads every page: a quarter of a second for 50 MB. */
function refuseDamage(file: string, sqlite: DatabaseSync): void {
  const finding = quickCheck(sqlite);
  if (finding !== 'ok') throw new DatabaseDamagedError(file, finding);
}

/** In a process, which can be ended at any moment and takes its memory with it; a statement in a thread cannot. */
async function check(file: string, sqlite: DatabaseSync, stop: AbortSignal): Promise<void> {
  const cache = getCompileCacheDir();
  // (Node gives the folder of its own version in it.)
  const env = cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
  try {
    const { stdout } = await exec(process.execPath, [checker, file], { env, signal: stop });
    if (stdout.trim() === 'ok') return;
  } catch (error) {
    if (stop.aborted) throw error;
  }
  // It found something, or could not be started: what counts is what is found here.
  try {
    refuseDamage(file, sqlite);
  } catch (error) {
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
