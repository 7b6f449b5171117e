import { describePostgresqlLocation } from '@octobox/sources';
import { type Dialect, type Kysely, PostgresDialect, sql } from 'kysely';
import { ServerError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { makeRefusingFunction, postgresqlSchema } from '../schema-dialect.ts';
import type { PostgresqlSettings } from '../settings.ts';
import { connecting, schemaName } from './connecting.ts';
import { PostgresqlPool } from './pool.ts';
import { PostgresqlReads } from './reads.ts';

const oldestVersion = 130_000;
/** How long a node waits until another one has brought a large database up to date. */
const migrationWait = '30min';

/**
 * The lock of whoever changes something, for the length of its transaction: the bytes "octo" and "box1" as numbers.
 * One lock for all gives PostgreSQL what SQLite has, one writer at a time. `serializable` would instead run a change
 * again when two met, and a change that told somebody something would tell it twice; and ids would not be in the order
 * in which the rows became visible. A change takes a few round trips, so some hundred a second go through.
 */
const changeLock = sql`pg_advisory_xact_lock(1868788847, 1651472433)`;

/** Connects, and looks whether the server can be used. Everything lies in the schema `octobox`. */
export async function openPostgresql(settings: PostgresqlSettings): Promise<Engine> {
  const where = describePostgresqlLocation(settings.location);
  const found = await connecting(settings);
  const pool = new PostgresqlPool(found);
  const reads = new PostgresqlReads(found);
  const dialect = new PostgresDialect({ pool });
  return {
    kind: 'postgresql',
    where,
    dialect,
    readDialect: readingBy(dialect, reads),
    schema: postgresqlSchema,
    async lockForChange(transaction) {
      await sql`select ${changeLock}`.execute(transaction);
    },
    async lockForMigration(transaction) {
      await sql`select set_config('lock_timeout', ${migrationWait}, true)`.execute(transaction);
      await sql`select ${changeLock}`.execute(transaction);
    },
    async isNew(transaction) {
      const { rows } = await sql<{ found: boolean }>`
        select to_regclass(${`${schemaName}.migrations`}) is not null as found`.execute(transaction);
      return rows[0]?.found !== true;
    },
    async prepare(transaction) {
      await refuseUnfit(transaction, where);
      // Also with `if not exists` it would ask for the right to make one.
      const { rows } = await sql<{ found: boolean }>`
        select to_regnamespace(${schemaName}) is not null as found`.execute(transaction);
      if (rows[0]?.found !== true) await sql`create schema ${sql.id(schemaName)}`.execute(transaction);
      await makeRefusingFunction(transaction);
    },
    ready: () => pool.expectAnswers(),
    check: async () => undefined,
    explain: (error) => error,
    close: () => reads.destroy(),
  };
}

/** The same language, other connections. */
const readingBy = (dialect: Dialect, reads: PostgresqlReads): Dialect => ({
  createDriver: () => reads,
  createAdapter: () => dialect.createAdapter(),
  createQueryCompiler: () => dialect.createQueryCompiler(),
  createIntrospector: (kysely) => dialect.createIntrospector(kysely),
});

async function refuseUnfit(transaction: Kysely<unknown>, where: string): Promise<void> {
  const { rows } = await sql<{ version: number; encoding: string }>`
    select current_setting('server_version_num')::integer as version,
      current_setting('server_encoding') as encoding`.execute(transaction);
  const [{ version, encoding } = { version: 0, encoding: '' }] = rows;
  if (version < oldestVersion) {
    throw new ServerError('server.database-unusable', `the server of ${where} is older than PostgreSQL 13`, {
      advice: 'Use PostgreSQL 13 or newer.',
    });
  }
  if (encoding !== 'UTF8') {
    throw new ServerError('server.database-unusable', `${where} keeps texts as ${encoding}, not as UTF8`, {
      advice: 'Make the database anew: createdb --encoding=UTF8 --template=template0 NAME.',
    });
  }
}
