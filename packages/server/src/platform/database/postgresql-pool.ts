import { type PostgresqlLocation, postgresqlTls } from '@octobox/sources';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { Pool, type PoolClient, type QueryConfig, types } from 'pg';
import { ServerError } from '../errors.ts';
import { readSecretLine } from '../secret-file.ts';
import { explainPostgresql, isLost } from './postgresql-errors.ts';
import type { PostgresqlSettings } from './settings.ts';

/** One is enough for the changes of a process, the others are for reading. */
const mostConnections = 10;
const connectMilliseconds = 15_000;
const idleMilliseconds = 60_000;
/** A statement that takes longer has lost its database: the network swallows what is sent. */
const answerMilliseconds = 20_000;

/** The schema that holds every table: another program in the same database is not met. */
export const schemaName = 'octobox';

/**
 * Of each session. A transaction whose process hangs must not keep the others from changing anything; nor must one
 * that waits for it wait for ever.
 */
const sessionSettings = `select set_config('search_path', '${schemaName}', false),
  set_config('lock_timeout', '15s', false), set_config('idle_in_transaction_session_timeout', '20s', false)`;

/** OIDs of `int8` and `numeric` (PostgreSQL's pg_type.dat), which the driver gives as texts. */
const numberTypes: readonly number[] = [20, 1700];

function numberFrom(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError(`${text} is too large`);
  return value;
}

const parsers: NonNullable<QueryConfig['types']> = {
  getTypeParser: ((oid: number, format?: 'text') =>
    numberTypes.includes(oid) ? numberFrom : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

/** Connections to one database; what breaks one is said with advice, and the next use makes a new one. */
export class PostgresqlPool implements PostgresPool {
  readonly options = {};
  readonly #location: PostgresqlLocation;
  readonly #pool: Pool;
  #answerMilliseconds: number | undefined;

  private constructor(settings: PostgresqlSettings, ssl: Awaited<ReturnType<typeof postgresqlTls>>) {
    const { host, port, user, database } = settings.location;
    this.#location = settings.location;
    this.#pool = new Pool({
      ...{ host, port, user, database, ssl, types: parsers },
      password: () => passwordOf(settings),
      application_name: 'octobox',
      max: mostConnections,
      connectionTimeoutMillis: connectMilliseconds,
      idleTimeoutMillis: idleMilliseconds,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
      onConnect: async (client) => void (await client.query(sessionSettings)),
    });
    // An idle connection that breaks is gone from the pool; whoever needs one gets a new one, or its error.
    this.#pool.on('error', () => undefined);
  }

  /** Resolves when the database has answered once. */
  static async open(settings: PostgresqlSettings): Promise<PostgresqlPool> {
    const { location } = settings;
    const ssl = await postgresqlTls(location).catch((cause: unknown) => {
      const message = `the certificates of ${location.sslrootcert} cannot be read: ${(cause as Error).message}`;
      const advice = 'Name a file that this user may read by sslrootcert in the address.';
      throw new ServerError('server.database-unusable', message, { cause, advice });
    });
    try {
      return await PostgresqlPool.#try(new PostgresqlPool(settings, ssl));
    } catch (error) {
      // `prefer`, the default of every PostgreSQL program: encrypted where the server offers it.
      const { cause } = error as Error;
      const withoutTls = location.sslmode === 'prefer' && /does not support SSL/.test(String(cause));
      if (ssl === false || !withoutTls) throw error;
      return await PostgresqlPool.#try(new PostgresqlPool(settings, false));
    }
  }

  static async #try(pool: PostgresqlPool): Promise<PostgresqlPool> {
    try {
      const client = await pool.connect();
      client.release();
      return pool;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** From now on a statement that is not answered soon counts as lost. */
  expectAnswers(): void {
    this.#answerMilliseconds = answerMilliseconds;
  }

  async connect(): Promise<PostgresPoolClient> {
    try {
      return new Connection(await this.#pool.connect(), this.#location, this.#answerMilliseconds);
    } catch (error) {
      throw explainPostgresql(error, this.#location);
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

/** A connection that is lent out. After it broke each use says so at once, and it does not go back. */
class Connection implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #location: PostgresqlLocation;
  readonly #answerMilliseconds: number | undefined;
  #broken: unknown;
  readonly #onError = (error: unknown): void => {
    this.#broken ??= error;
  };

  constructor(client: PoolClient, location: PostgresqlLocation, answerMilliseconds: number | undefined) {
    this.#client = client;
    this.#location = location;
    this.#answerMilliseconds = answerMilliseconds;
    client.on('error', this.#onError);
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new TypeError('no cursor is used here');
    return this.#query<R>(text, values);
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      if (this.#broken !== undefined) throw this.#broken;
      const query: QueryConfig & { query_timeout?: number } = {
        text,
        values: values.map(storable),
        ...(this.#answerMilliseconds === undefined ? {} : { query_timeout: this.#answerMilliseconds }),
      };
      return (await this.#client.query(query)) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      if (isLost(error)) this.#broken ??= error;
      throw explainPostgresql(error, this.#location);
    }
  }

  release(destroy = false): void {
    this.#client.off('error', this.#onError);
    this.#client.release(destroy || this.#broken !== undefined);
  }
}

/** PostgreSQL has no place for a NUL in a text; a program's output may hold one. */
const storable = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;

async function passwordOf({ password, passwordFile }: PostgresqlSettings): Promise<string> {
  // An empty password instead of none keeps the driver from looking for one on its own.
  if (password !== undefined || passwordFile === undefined) return password?.reveal() ?? '';
  return await readSecretLine(passwordFile, 'the password of the database').catch((cause: ServerError) => {
    throw new ServerError('server.database-denied', cause.message, { advice: cause.advice, cause });
  });
}
