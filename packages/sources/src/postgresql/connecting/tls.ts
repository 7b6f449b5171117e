import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { PostgresqlLocation } from './location.ts';

/**
 * What the location's `sslmode` means to a `pg` client; false: never encrypted. With `prefer` the caller connects
 * without when the server does not support it.
 */
export async function postgresqlTls(location: PostgresqlLocation): Promise<ConnectionOptions | false> {
  if (location.sslmode === 'disable' || location.host.startsWith('/')) return false;
  const ca = location.sslrootcert === undefined ? undefined : await readFile(location.sslrootcert, 'utf8');
  const verified = location.sslmode === 'verify-ca' || location.sslmode === 'verify-full';
  return {
    rejectUnauthorized: verified,
    ...(ca === undefined ? {} : { ca }),
    ...(location.sslmode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}
