import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SourceError } from '../../errors.ts';
import { runChild } from '../../process/child.ts';
import { type PostgresqlVersion, parseProgramVersion } from '../connecting/versions.ts';

/** A folder with PostgreSQL programs of one version. */
export interface PostgresqlBinaries {
  readonly folder: string;
  readonly version: PostgresqlVersion;
}

const executable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Where distributions put several versions side by side: Debian, then Red Hat. */
async function versionedFolders(): Promise<string[]> {
  const below = async (parent: string, pattern: RegExp, child: string): Promise<string[]> => {
    const names = await readdir(parent).catch(() => []);
    return names.filter((name) => pattern.test(name)).map((name) => join(parent, name, child));
  };
  return [
    ...(await below('/usr/lib/postgresql', /^\d+$/, 'bin')),
    ...(await below('/usr', /^pgsql-\d+$/, 'bin')),
  ];
}

/**
 * Every folder that has `program`, newest version first; versions are asked of the program itself.
 * `folders` replaces the search (an administrator's own installation).
 */
export async function findBinaries(
  program: 'pg_dump' | 'postgres',
  options: { folders?: readonly string[] | undefined; signal?: AbortSignal | undefined } = {},
): Promise<PostgresqlBinaries[]> {
  const searched = options.folders ?? [
    ...(await versionedFolders()),
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  ];
  const found: PostgresqlBinaries[] = [];
  for (const folder of new Set(searched)) {
    const path = join(folder, program);
    if (!(await executable(path))) continue;
    const version = await runChild({ command: path, args: ['--version'], signal: options.signal })
      .then(parseProgramVersion)
      .catch(() => undefined);
    options.signal?.throwIfAborted();
    if (version !== undefined) found.push({ folder, version });
  }
  return found.sort((a, b) => b.version.number - a.version.number);
}

/**
 * The nearest of several versions that is not older than a major version: the same one where it is
 * installed, because a program speaks the dialect of its own version best. Newest minor version first.
 */
export function nearestBinaries(
  found: readonly PostgresqlBinaries[],
  atLeast: number,
): PostgresqlBinaries | undefined {
  const fitting = found.filter(({ version }) => version.major >= atLeast);
  const major = Math.min(...fitting.map(({ version }) => version.major));
  return fitting.find(({ version }) => version.major === major);
}

/** Server programs of at least a major version, the nearest one; the newest when none is wanted. */
export async function findServerBinaries(options: {
  atLeast?: number | undefined;
  folders?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}): Promise<PostgresqlBinaries> {
  const found = await findBinaries('postgres', options);
  const newest = found[0];
  const wanted = options.atLeast === undefined ? 'postgresql' : `postgresql-${options.atLeast}`;
  if (newest === undefined) {
    throw new SourceError('source.client-missing', 'No PostgreSQL server programs are on this machine', {
      advice: `Install them, on Debian with: apt-get install ${wanted}`,
    });
  }
  const chosen = options.atLeast === undefined ? newest : nearestBinaries(found, options.atLeast);
  if (chosen === undefined) {
    throw new SourceError(
      'source.client-too-old',
      `The newest PostgreSQL server on this machine is ${newest.version.text}, the backup needs ${options.atLeast} or newer`,
      { advice: `Install ${wanted}, or name a scratch server of that version.` },
    );
  }
  return chosen;
}
