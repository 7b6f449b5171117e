/** Real databases for tests: a file in a temporary folder, and a PostgreSQL server that a test file has to itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { startPostgres } from '@octobox/sources/testing';
import pg from 'pg';
import { migrations } from '../migrations.ts';
import { postgresqlSchema, sqliteSchema } from '../platform/database/schema-dialect.ts';
import {
  type Database,
  type DatabaseSettings,
  makeJobQueue,
  openDatabase,
  type SchemaDialect,
  Secret,
  silentLog,
  systemClock,
} from '../platform/index.ts';

export interface TemporaryDatabase extends AsyncDisposable {
  readonly database: Database;
  readonly settings: DatabaseSettings;
  readonly folder: string;
}

/** Makes databases of one engine; what it made is gone when the test file ends. */
export interface DatabaseMaker {
  readonly kind: DatabaseSettings['kind'];
  /** An empty one. */
  nothing(): Promise<DatabaseSettings>;
  /** One that is up to date, which takes less time than to migrate it. */
  upToDate(): Promise<DatabaseSettings>;
  /** An opened one, with a folder beside it. */
  open(): Promise<TemporaryDatabase>;
}

/** The same tests on SQLite and on PostgreSQL. */
export function onEachDatabase(tests: (maker: DatabaseMaker) => void): void {
  describe('on SQLite', () => tests(sqliteMaker()));
  describe('on PostgreSQL', () => tests(postgresqlMaker()));
}

export function sqliteMaker(): DatabaseMaker {
  const folders: string[] = [];
  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  const nothing = async (): Promise<DatabaseSettings> => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-database-'));
    folders.push(folder);
    return { kind: 'sqlite', file: join(folder, 'octobox.db') };
  };
  return { kind: 'sqlite', nothing, upToDate: nothing, open: () => opened(nothing) };
}

/** The server starts with the first database that is asked for. */
export function postgresqlMaker(): DatabaseMaker {
  let starting: ReturnType<typeof startMaking> | undefined;
  after(async () => {
    await (await starting)?.[Symbol.asyncDispose]();
  });
  const made = async (template: 'template0' | 'octobox'): Promise<DatabaseSettings> => {
    starting ??= startMaking();
    return await (await starting).make(template);
  };
  const upToDate = () => made('octobox');
  return { kind: 'postgresql', nothing: () => made('template0'), upToDate, open: () => opened(upToDate) };
}

async function startMaking() {
  const server = await startPostgres();
  const administrator = new pg.Client(server.connection('postgres'));
  await administrator.connect();
  const settingsOf = (database: string): DatabaseSettings => ({
    kind: 'postgresql',
    location: { host: server.host, port: server.port, user: server.superuser, database, sslmode: 'disable' },
    password: new Secret(server.password),
    passwordFile: undefined,
  });
  await administrator.query('create database octobox template template0');
  const database = await openDatabase(settingsOf('octobox'), migrations);
  const queue = makeJobQueue({ database, clock: systemClock, log: silentLog, leaseMs: 30_000 });
  await queue.open();
  await queue.stop(0);
  await database.close();
  let count = 0;
  return {
    async make(template: string): Promise<DatabaseSettings> {
      const database = `test${count++}`;
      await administrator.query(`create database ${database} template ${template} strategy file_copy`);
      return settingsOf(database);
    },
    async [Symbol.asyncDispose]() {
      await administrator.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function opened(make: () => Promise<DatabaseSettings>): Promise<TemporaryDatabase> {
  const settings = await make();
  const folder = await mkdtemp(join(tmpdir(), 'octobox-server-'));
  const database = await openDatabase(settings, migrations);
  return {
    database,
    settings,
    folder,
    async [Symbol.asyncDispose]() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The words in which migrations make tables on that engine, for a test of one of them. */
export const schemaOf = ({ kind }: Pick<Database, 'kind'>): SchemaDialect =>
  kind === 'sqlite' ? sqliteSchema : postgresqlSchema;
