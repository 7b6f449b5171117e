import { type PostgresqlLocation, postgresqlTls } from '@octobox/sources';
import { Client, type ClientConfig, type QueryConfig, types } from 'pg';
import { ServerError } from '../../errors.ts';
import { readSecretLine } from '../../secret-file.ts';
import type { PostgresqlSettings } from '../settings.ts';
import { explainPostgresql } from './errors.ts';

const connectMilliseconds = 15_000;

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

/** How each connection to one database is made, and the first of them. */
export interface Connecting {
  readonly location: PostgresqlLocation;
  readonly config: ClientConfig;
  /** As `openSession` gives it. */
  readonly first: Client;
}

/**
 * Resolves when the database has answered once.
 * @throws ServerError `server.database-…`
 */
export async function connecting(settings: PostgresqlSettings): Promise<Connecting> {
  const { location } = settings;
  const ssl = await postgresqlTls(location).catch((cause: unknown) => {
    const message = `the certificates of ${location.sslrootcert} cannot be read: ${(cause as Error).message}`;
    const advice = 'Name a file that this user may read by sslrootcert in the address.';
    throw new ServerError('server.database-unusable', message, { cause, advice });
  });
  try {
    return await tried({ location, config: configOf(settings, ssl) });
  } catch (error) {
    // `prefer`, the default of every PostgreSQL program: encrypted where the server offers it.
    const { cause } = error as Error;
    const withoutTls = location.sslmode === 'prefer' && /does not support SSL/.test(String(cause));
    if (ssl === false || !withoutTls) throw error;
    return await tried({ location, config: configOf(settings, false) });
  }
}

/** Connects for reads: a client that takes statements before those ahead of them are answered. */
export async function openSession(config: ClientConfig): Promise<Client> {
  const client = new Client({ ...config, pipeline: true } as ClientConfig);
  // Whoever asks something of it next gets the error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await prepareSession(client);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** The settings of a session that has just begun. */
export async function prepareSession(client: Pick<Client, 'query'>): Promise<void> {
  await client.query(sessionSettings);
}

const configOf = (
  settings: PostgresqlSettings,
  ssl: Awaited<ReturnType<typeof postgresqlTls>>,
): ClientConfig => {
  const { host, port, user, database } = settings.location;
  return {
    ...{ host, port, user, database, ssl, types: parsers },
    password: () => passwordOf(settings),
    application_name: 'octobox',
    connectionTimeoutMillis: connectMilliseconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  };
};

async function tried({ location, config }: Omit<Connecting, 'first'>): Promise<Connecting> {
  try {
    return { location, config, first: await openSession(config) };
  } catch (error) {
    throw explainPostgresql(error, location);
  }
}

async function passwordOf({ password, passwordFile }: PostgresqlSettings): Promise<string> {
  // An empty password instead of none keeps the driver from looking for one on its own.
  if (password !== undefined || passwordFile === undefined) return password?.reveal() ?? '';
  return await readSecretLine(passwordFile, 'the password of the database').catch((cause: ServerError) => {
    throw new ServerError('server.database-denied', cause.message, { advice: cause.advice, cause });
  });
}
