import { Kysely } from 'kysely';
import { Database } from './database.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migration.ts';
import { openPostgresql } from './postgresql/engine.ts';
import type { DatabaseSettings } from './settings.ts';
import { openSqlite } from './sqlite/engine.ts';
import type { Tables } from './tables.ts';

export interface OpenDatabaseOptions {
  /** Called before anything is made where nothing was yet; may throw. */
  readonly beforeFirst?: () => Promise<void>;
  /** Whether it is damaged is found out when somebody asks, or wants to change something; it may be read before. */
  readonly checkLater?: boolean;
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
  const { checkLater = false } = options;
  const engine = await openEngine(settings, checkLater);
  const kysely = new Kysely<Tables>({ dialect: engine.dialect });
  try {
    const beforeNext = () => (checkLater ? engine.check(new AbortController().signal) : undefined);
    await migrate(kysely as unknown as Kysely<unknown>, engine, migrations, { ...options, beforeNext });
  } catch (error) {
    await Promise.all([kysely.destroy(), engine.close()]);
    throw engine.explain(error);
  }
  engine.ready();
  return new Database(kysely, engine, { checked: !checkLater });
}

const openEngine = async (settings: DatabaseSettings, checkLater: boolean): Promise<Engine> =>
  settings.kind === 'sqlite' ? openSqlite(settings.file, { checkLater }) : await openPostgresql(settings);
