import { Kysely } from 'kysely';
import { Database } from './database.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migration.ts';
import { openPostgresql } from './postgresql-engine.ts';
import type { DatabaseSettings } from './settings.ts';
import { openSqlite } from './sqlite-engine.ts';
import type { Tables } from './tables.ts';

export interface OpenDatabaseOptions {
  /** Called before anything is made where nothing was yet; may throw. */
  readonly beforeFirst?: () => Promise<void>;
}

/**
 * Opens the database, makes what is missing and brings its schema up to date.
 * @throws DatabaseDamagedError, or ServerError `server.database-…`
 */
export async function openDatabase(
  settings: DatabaseSettings,
  migrations: readonly Migration[],
  options: OpenDatabaseOptions = {},
): Promise<Database> {
  const engine = await openEngine(settings);
  const kysely = new Kysely<Tables>({ dialect: engine.dialect });
  try {
    await migrate(kysely as unknown as Kysely<unknown>, engine, migrations, options);
  } catch (error) {
    await kysely.destroy();
    throw engine.explain(error);
  }
  engine.ready();
  return new Database(kysely, engine);
}

const openEngine = async (settings: DatabaseSettings): Promise<Engine> =>
  settings.kind === 'sqlite' ? openSqlite(settings.file) : await openPostgresql(settings);
