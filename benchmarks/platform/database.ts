import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startPostgres } from '@octobox/sources/testing';
import pg from 'pg';

/** The platform's database, beside the platform. */
export interface HistoryDatabase extends AsyncDisposable {
  /** What a server is told to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** One statement that both engines know. */
  run(sql: string): Promise<void>;
  first(sql: string): Promise<Record<string, unknown>[]>;
}

/** A file in the data folder below `root`, or a PostgreSQL server of its own, gone with the benchmark. */
export async function openDatabase(kind: string, root: string): Promise<HistoryDatabase> {
  if (kind === 'sqlite') return sqliteBelow(root);
  if (kind === 'postgresql') return await ownPostgresql();
  throw new Error('--database is sqlite or postgresql');
}

function sqliteBelow(root: string): HistoryDatabase {
  let opened: DatabaseSync | undefined;
  const database = (): DatabaseSync => {
    opened ??= new DatabaseSync(join(root, 'data', 'octobox.db'), { timeout: 15_000 });
    return opened;
  };
  return {
    environment: {},
    run: async (sql) => database().exec(sql),
    first: async (sql) => database().prepare(sql).all(),
    [Symbol.asyncDispose]: async () => opened?.close(),
  };
}

async function ownPostgresql(): Promise<HistoryDatabase> {
  const server = await startPostgres();
  const { host, port, superuser, password } = server;
  const client = new pg.Client({ ...server.connection('postgres'), options: '-c search_path=octobox' });
  await client.connect();
  return {
    environment: {
      DATABASE_URL: `postgresql://${superuser}:${encodeURIComponent(password)}@${host}:${port}/postgres?sslmode=disable`,
    },
    run: async (sql) => void (await client.query(sql)),
    first: async (sql) => (await client.query(sql)).rows,
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await server[Symbol.asyncDispose]();
    },
  };
}
