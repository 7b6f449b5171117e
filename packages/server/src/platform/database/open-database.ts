import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type Transaction } from 'kysely';
import { DatabaseDamagedError, ServerError } from '../errors.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migration.ts';
import { kyselyDatabase } from './node-sqlite.ts';
import type { Tables } from './tables.ts';

/** Selects only, by convention of its users; changes go through `change`. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'fn' | 'with'>;
export type Writer = Transaction<Tables>;

export class Database {
  readonly file: string;
  readonly read: Reader;
  readonly #kysely: Kysely<Tables>;

  constructor(file: string, kysely: Kysely<Tables>) {
    this.file = file;
    this.#kysely = kysely;
    this.read = kysely;
  }

  /** Runs `work` in one transaction that holds the write lock; nothing but database work belongs in it. */
  async change<T>(work: (transaction: Writer) => Promise<T>): Promise<T> {
    return await this.#kysely.transaction().execute(work);
  }

  async close(): Promise<void> {
    await this.#kysely.destroy();
  }
}

/** How long a statement waits for another process's write lock. */
const busyMilliseconds = 15_000;

/** Opens (and makes) the file and brings its schema up to date. */
export async function openDatabase(file: string, migrations: readonly Migration[]): Promise<Database> {
  const sqlite = openFile(file);
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: kyselyDatabase(sqlite) }) });
  try {
    await migrate(kysely as unknown as Kysely<unknown>, migrations);
  } catch (error) {
    await kysely.destroy();
    throw explain(file, error);
  }
  return new Database(file, kysely);
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
