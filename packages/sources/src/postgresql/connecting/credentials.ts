import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../../errors.ts';
import type { PostgresqlLocation } from './location.ts';

export interface PostgresqlCredentials {
  readonly password?: string | undefined;
  /** A file in the form of PostgreSQL's `.pgpass`. */
  readonly passfile?: string | undefined;
}

/**
 * One line of a password file (libpq, "The Password File"): `host:port:database:user:password`, `*`
 * matches anything, a backslash escapes a colon or a backslash. Undefined for comments and short lines.
 */
function parseLine(line: string): string[] | undefined {
  if (line.startsWith('#')) return undefined;
  const fields: string[] = [];
  let field = '';
  for (let i = 0; i < line.length; i += 1) {
    if (line[i] === '\\' && i + 1 < line.length) {
      i += 1;
      field += line[i];
    } else if (line[i] === ':' && fields.length < 4) {
      fields.push(field);
      field = '';
    } else {
      field += line[i];
    }
  }
  return fields.length === 4 ? [...fields, field] : undefined;
}

/** The first line of a password file that fits. */
export function passwordFromFile(content: string, location: PostgresqlLocation): string | undefined {
  const host = location.host.startsWith('/') ? 'localhost' : location.host;
  const wanted = [host, `${location.port}`, location.database, location.user];
  for (const line of content.split(/\r?\n/)) {
    const fields = parseLine(line);
    if (fields?.slice(0, 4).every((field, i) => field === '*' || field === wanted[i])) return fields[4];
  }
  return undefined;
}

/**
 * The password for a connection: given, from the password file given, or from where every PostgreSQL
 * program looks (PGPASSWORD, PGPASSFILE, ~/.pgpass). Undefined when there is none; many servers trust
 * a local user without.
 */
export async function resolvePassword(
  location: PostgresqlLocation,
  credentials: PostgresqlCredentials,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (credentials.password !== undefined) return credentials.password;
  if (credentials.passfile === undefined && environment.PGPASSWORD !== undefined)
    return environment.PGPASSWORD;
  const file = credentials.passfile ?? environment.PGPASSFILE ?? join(homedir(), '.pgpass');
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) {
      throw new SourceError('source.denied', `The password file ${file} may be read by others`, {
        advice: `Make it private: chmod 600 ${file}`,
      });
    }
    return passwordFromFile(await readFile(file, 'utf8'), location);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if (credentials.passfile === undefined) return undefined;
    throw new SourceError('source.missing', `The password file ${file} cannot be read`, { cause: error });
  }
}
