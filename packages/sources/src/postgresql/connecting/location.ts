import { userInfo } from 'node:os';
import { SourceError } from '../../errors.ts';

/**
 * A database as PostgreSQL's own connection URIs name it (libpq, "Connection URIs"):
 * `postgres://user@host:port/database?sslmode=verify-full`. One host; the parameters listed in
 * `knownParameters` only, because a parameter that is silently ignored is a trap.
 */
export interface PostgresqlLocation {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  /** What the host was found to be, which is connected to instead of looking again; absent: nobody looked. */
  readonly addresses?: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly sslmode: SslMode;
  /** Path of the certificates of authorities to trust. */
  readonly sslrootcert?: string;
}

const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

const knownParameters = ['host', 'port', 'user', 'sslmode', 'sslrootcert'];
const defaultSocketFolder = '/var/run/postgresql';

const invalid = (reason: string): SourceError =>
  new SourceError('source.location', `Not a PostgreSQL location: ${reason}`, {
    advice: 'Write it as postgres://user@host:5432/database.',
  });

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new SourceError('source.location', 'The location has a broken percent-encoding', { cause: error });
  }
};

const isSslMode = (text: string): text is SslMode => sslModes.some((mode) => mode === text);

/** A password in the location is split off, so that it is never kept or shown with it. */
export function parsePostgresqlLocation(text: string): { location: PostgresqlLocation; password?: string } {
  const url = URL.parse(text);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol))
    throw invalid('it cannot be read');
  for (const name of url.searchParams.keys()) {
    if (!knownParameters.includes(name)) throw invalid(`the parameter ${name} is not known`);
  }
  const sslmode = url.searchParams.get('sslmode') ?? 'prefer';
  if (!isSslMode(sslmode)) throw invalid(`sslmode is one of ${sslModes.join(', ')}`);
  const database = decode(url.pathname.replace(/^\//, ''));
  if (database === '' || database.includes('/')) throw invalid('it names no database');
  const named = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const host = url.searchParams.get('host') ?? (named === '' ? defaultSocketFolder : named);
  if (host.includes(',')) throw invalid('it names several hosts');
  const port = Number(url.port || (url.searchParams.get('port') ?? 5432));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid('its port is no port');
  const sslrootcert = url.searchParams.get('sslrootcert');
  const location: PostgresqlLocation = {
    host,
    port,
    user: decode(url.username) || (url.searchParams.get('user') ?? userInfo().username),
    database,
    sslmode,
    ...(sslrootcert === null ? {} : { sslrootcert }),
  };
  return url.password === '' ? { location } : { location, password: decode(url.password) };
}

/** The location as text, as `parsePostgresqlLocation` reads it; holds no password. */
export function formatPostgresqlLocation(location: PostgresqlLocation): string {
  // A URI without a host cannot carry a user; for a socket everything goes into parameters.
  const socket = location.host.startsWith('/');
  const host = location.host.includes(':') ? `[${location.host}]` : location.host;
  const authority = socket ? '' : `${encodeURIComponent(location.user)}@${host}:${location.port}`;
  const parameters = new URLSearchParams({
    ...(socket ? { host: location.host, port: `${location.port}`, user: location.user } : {}),
    ...(location.sslmode === 'prefer' ? {} : { sslmode: location.sslmode }),
    ...(location.sslrootcert === undefined ? {} : { sslrootcert: location.sslrootcert }),
  }).toString();
  return `postgres://${authority}/${encodeURIComponent(location.database)}${parameters === '' ? '' : `?${parameters}`}`;
}

/** For people: "shop at db.internal:5432". */
export const describePostgresqlLocation = (location: PostgresqlLocation): string =>
  location.host.startsWith('/')
    ? `${location.database} at ${location.host}`
    : `${location.database} at ${location.host}:${location.port}`;
