import type { LookupAddress } from 'node:dns';
import { isIPv6, type LookupFunction, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client, type QueryResultRow } from 'pg';
import { reasonOf } from '../../errors.ts';
import type { PostgresqlLocation } from './location.ts';
import { sessionError } from './session-error.ts';
import { postgresqlTls } from './tls.ts';
import { type PostgresqlVersion, parseServerVersionNumber } from './versions.ts';

const connectMilliseconds = 15_000;

/** A server may end sessions that take long or wait; which settings say so depends on its version. */
const noTimeouts = `select set_config(name, '0', false) from pg_catalog.pg_settings where name in (
  'statement_timeout', 'transaction_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout')`;

export interface SessionTarget {
  readonly location: PostgresqlLocation;
  readonly password: string | undefined;
}

/**
 * One connection. An abort cuts it at once, also in the middle of a query; a connection that broke
 * makes every later query reject. Names in query texts are always qualified (`search_path` is empty).
 */
export class Session implements AsyncDisposable {
  readonly location: PostgresqlLocation;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #signal: AbortSignal | undefined;
  readonly #cut: () => void;
  #broken: unknown;

  private constructor(
    location: PostgresqlLocation,
    client: Client,
    socket: Socket,
    signal: AbortSignal | undefined,
  ) {
    this.location = location;
    this.#client = client;
    this.#socket = socket;
    this.#signal = signal;
    this.#cut = () => socket.destroy();
    client.on('error', (error: Error) => {
      this.#broken ??= error;
    });
    signal?.addEventListener('abort', this.#cut, { once: true });
  }

  static async open(
    target: SessionTarget,
    options: { signal?: AbortSignal; database?: string } = {},
  ): Promise<Session> {
    const location = { ...target.location, database: options.database ?? target.location.database };
    try {
      return await Session.#connect(location, target.password, await postgresqlTls(location), options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      // `prefer`, the default of every PostgreSQL program: encrypted where the server offers it.
      const refused = /does not support SSL/.test(reasonOf(error));
      if (location.sslmode !== 'prefer' || !refused) throw sessionError(error, location);
      try {
        return await Session.#connect(location, target.password, false, options.signal);
      } catch (second) {
        options.signal?.throwIfAborted();
        throw sessionError(second, location);
      }
    }
  }

  static async #connect(
    location: PostgresqlLocation,
    password: string | undefined,
    ssl: ConnectionOptions | false,
    signal: AbortSignal | undefined,
  ): Promise<Session> {
    signal?.throwIfAborted();
    const socket = location.addresses === undefined ? new Socket() : new FoundSocket(location.addresses);
    const client = new Client({
      host: location.host,
      port: location.port,
      user: location.user,
      database: location.database,
      // An empty password instead of none keeps the client from looking for one on its own.
      password: () => password ?? '',
      ssl,
      stream: () => socket,
      keepAlive: true,
      // Shorter than what firewalls forget: this connection may wait for hours until a dump ends.
      keepAliveInitialDelayMillis: 30_000,
      application_name: 'octobox',
      connectionTimeoutMillis: connectMilliseconds,
    });
    const session = new Session(location, client, socket, signal);
    try {
      await client.connect();
      await client.query(`set search_path = ''; ${noTimeouts}`);
      return session;
    } catch (error) {
      session.#release();
      throw error;
    }
  }

  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.#signal?.throwIfAborted();
    try {
      if (this.#broken !== undefined) throw this.#broken;
      const result = await this.#client.query<Row>(text, values.length === 0 ? undefined : [...values]);
      return result.rows;
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw sessionError(this.#broken ?? error, this.location);
    }
  }

  #release(): void {
    this.#signal?.removeEventListener('abort', this.#cut);
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#broken === undefined && this.#signal?.aborted !== true) {
      // Polite when the server listens; the socket goes in any case.
      await Promise.race([
        this.#client.end().catch(() => {}),
        new Promise((done) => this.#socket.once('close', done)),
      ]);
    }
    this.#release();
  }
}

/** Connects to addresses that were found for the name before, one after the other as Node does it. */
class FoundSocket extends Socket {
  readonly #found: LookupAddress[];

  constructor(addresses: readonly string[]) {
    super();
    this.#found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  }

  override connect(...given: unknown[]): this {
    const [port, host] = given;
    const [first] = this.#found;
    const lookup: LookupFunction = (_, { all }, done) => {
      if (all === true) done(null, this.#found);
      else done(null, first?.address ?? '', first?.family);
    };
    return super.connect({ port: Number(port), host: String(host), lookup });
  }
}

export async function readServerVersion(session: Session): Promise<PostgresqlVersion> {
  const [row] = await session.query<{ version: string }>(
    "select current_setting('server_version_num') as version",
  );
  return parseServerVersionNumber(row?.version ?? '');
}

/** A name as SQL wants it. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL wants it, whatever `standard_conforming_strings` says. */
export const quoteLiteral = (text: string): string =>
  text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
