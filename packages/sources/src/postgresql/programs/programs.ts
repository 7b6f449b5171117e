import { homedir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../errors.ts';
import type { PostgresqlLocation } from '../connecting/location.ts';
import type { SessionTarget } from '../connecting/session.ts';
import { findBinaries, nearestBinaries, type PostgresqlBinaries } from './binaries.ts';

/** The connection as every PostgreSQL program reads it; nothing of it appears in arguments. */
export function programEnvironment(target: SessionTarget, database?: string): Record<string, string> {
  const { location, password } = target;
  return {
    ...hostOf(location),
    PGPORT: `${location.port}`,
    PGUSER: location.user,
    PGDATABASE: database ?? location.database,
    PGSSLMODE: location.sslmode,
    PGAPPNAME: 'octobox',
    PGCONNECT_TIMEOUT: '15',
    PGCLIENTENCODING: 'UTF8',
    // The password was looked up once, for both kinds of connection; nothing else may come in between.
    PGPASSFILE: join(homedir(), '.pgpass-unused-by-octobox'),
    ...(location.sslrootcert === undefined ? {} : { PGSSLROOTCERT: location.sslrootcert }),
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

/** With addresses libpq looks up nothing: they come in one list, and the name that certificates are held against in another. */
function hostOf({ host, addresses }: PostgresqlLocation): Record<string, string> {
  if (addresses === undefined) return { PGHOST: host };
  return { PGHOST: addresses.map(() => host).join(','), PGHOSTADDR: addresses.join(',') };
}

/** A database's name as an argument; bare, a name with `=` in it would be read as a connection string. */
export const databaseArgument = (
  location: Pick<PostgresqlLocation, 'database'>,
  option: '--dbname' | '--database' = '--dbname',
): string => `${option}=dbname='${location.database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** pg_dump and its siblings for a major version: of that version, or the nearest newer one. */
export async function clientFor(
  major: number,
  options: { folders?: readonly string[] | undefined; signal?: AbortSignal },
): Promise<PostgresqlBinaries> {
  const found = await findBinaries('pg_dump', options);
  const wanted = `postgresql-client-${major}`;
  const newest = found[0];
  if (newest === undefined) {
    throw new SourceError('source.client-missing', 'pg_dump is not on this machine', {
      advice: `Install it, on Debian with: apt-get install ${wanted}`,
    });
  }
  const nearest = nearestBinaries(found, major);
  if (nearest === undefined) {
    throw new SourceError(
      'source.client-too-old',
      `The newest pg_dump here is ${newest.version.text}; PostgreSQL ${major} needs ${major} or newer`,
      { advice: `Install it, on Debian with: apt-get install ${wanted}` },
    );
  }
  return nearest;
}
