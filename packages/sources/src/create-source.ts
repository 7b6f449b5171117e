import { SourceError } from './errors.ts';
import { parseFilesLocation } from './files/location.ts';
import { FilesSource } from './files/source.ts';
import { formatPostgresqlLocation, parsePostgresqlLocation } from './postgresql/connecting/location.ts';
import { PostgresqlSource, type PostgresqlSourceOptions } from './postgresql/source.ts';
import type { Source, SourceKind } from './source.ts';
import { parseSqliteLocation, SqliteSource } from './sqlite/source.ts';

/** What a source may be told beyond its location; each kind takes what concerns it. */
export interface SourceOptions extends Omit<PostgresqlSourceOptions, 'location'> {
  /** Files: patterns of what to leave out. */
  readonly excludes?: readonly string[];
  /** Files: do not enter other file systems. */
  readonly oneFileSystem?: boolean;
  /** Files: further paths besides the location. */
  readonly morePaths?: readonly string[];
  /** SQLite: where the copy of a capture lies while it is read. */
  readonly temporaryFolder?: string;
}

export interface ParsedLocation {
  readonly kind: SourceKind;
  /** In one spelling and without the password: fit to be stored and shown. */
  readonly location: string;
  /** The password that was written into the location: to be stored as a secret. */
  readonly password?: string;
  /** The machine that is connected to; absent: nothing leaves this one. */
  readonly host?: string;
  /** A short name for it: the database, the file, the last folder. */
  readonly name: string;
  create(options?: SourceOptions): Source;
}

/** The kinds of sources: how each is recognised by its location, and made. */
const kinds: readonly { matches: RegExp; parse: (text: string) => ParsedLocation }[] = [
  { matches: /^postgres(ql)?:/, parse: parsePostgresql },
  { matches: /^sqlite:/, parse: parseSqlite },
  { matches: /^\//, parse: parseFiles },
];

/** Understands `postgres://user@host:port/database`, `sqlite:/path/file` and `/path`. */
export function parseLocation(text: string): ParsedLocation {
  const kind = kinds.find(({ matches }) => matches.test(text));
  if (kind !== undefined) return kind.parse(text);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1];
  throw new SourceError(
    'source.location',
    scheme === undefined ? `Not a location: ${text}` : `Octobox cannot protect ${scheme}: locations yet`,
    { advice: 'Write postgres://user@host:port/database, sqlite:/path/of/file, or an absolute path.' },
  );
}

export const createSource = (location: string, options: SourceOptions = {}): Source =>
  parseLocation(location).create(options);

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;

function parsePostgresql(text: string): ParsedLocation {
  const { location: parsed, password } = parsePostgresqlLocation(text);
  const location = formatPostgresqlLocation(parsed);
  const secret = password === undefined ? {} : { password };
  const host = parsed.host.startsWith('/') ? {} : { host: parsed.host };
  const create = (options: SourceOptions = {}) => new PostgresqlSource({ ...secret, ...options, location });
  return { kind: 'postgresql', location, name: parsed.database, ...host, ...secret, create };
}

function parseSqlite(text: string): ParsedLocation {
  const path = parseSqliteLocation(text);
  const location = `sqlite:${path}`;
  const create = (options: SourceOptions = {}) => new SqliteSource({ ...options, location });
  return { kind: 'sqlite', location, name: lastPart(path), create };
}

function parseFiles(text: string): ParsedLocation {
  const path = parseFilesLocation(text);
  const create = (options: SourceOptions = {}) =>
    new FilesSource({ ...options, paths: [path, ...(options.morePaths ?? [])] });
  return { kind: 'files', location: path, name: lastPart(path), create };
}
