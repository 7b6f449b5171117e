import { glob, lstat } from 'node:fs/promises';
import { CliError, UsageError } from '../errors.ts';
import { readPatternFile, readRawNames, readVerbatimLines } from '../options/file-lines.ts';
import type { Cli } from '../verb.ts';

export interface SourceFlags {
  readonly filesFrom?: readonly string[];
  readonly filesFromVerbatim?: readonly string[];
  readonly filesFromRaw?: readonly string[];
}

export interface SourcePaths {
  readonly paths: readonly (string | Buffer)[];
  /** Named and not there, or out of reach; the backup of the others is then incomplete. */
  readonly missing: readonly string[];
}

/** Everything that a backup is asked to read, from the arguments and from lists in files. */
export async function sourcePaths(
  cli: Cli,
  args: readonly string[],
  flags: SourceFlags,
): Promise<SourcePaths> {
  const paths: (string | Buffer)[] = [];
  const missing: string[] = [];
  for (const file of flags.filesFrom ?? []) {
    for (const pattern of await readPatternFile(file)) {
      const matches = await Array.fromAsync(glob(pattern));
      if (matches.length === 0) {
        missing.push(pattern);
        cli.out.say(`octobox: ${pattern} matches nothing and is left out`);
      }
      paths.push(...matches.sort());
    }
  }
  for (const file of flags.filesFromVerbatim ?? []) paths.push(...(await readVerbatimLines(file)));
  for (const file of flags.filesFromRaw ?? []) paths.push(...(await readRawNames(file)));
  paths.push(...args);
  if (paths.length === 0 && missing.length === 0) {
    throw new UsageError('nothing to back up: no file or folder is named', {
      advice: 'Name at least one, or use --files-from, --stdin or --stdin-from-command.',
    });
  }
  const present: (string | Buffer)[] = [];
  for (const path of paths) {
    if (path.includes('\0') || path.length === 0) throw new UsageError('the empty path names no file');
    const trouble = await whyNot(path);
    if (trouble === undefined) present.push(path);
    else {
      missing.push(path.toString());
      cli.out.say(`octobox: ${path} ${trouble} and is left out`);
    }
  }
  if (present.length === 0) {
    throw new CliError('cli.source-missing', 'nothing that is named can be backed up', {
      advice: 'Check the paths and the rights on the folders above them; no snapshot was written.',
    });
  }
  return { paths: present, missing };
}

/** Why a path cannot even be looked at; what is there and cannot be read is for the backup itself to say. */
const whyNot = (path: string | Buffer): Promise<string | undefined> =>
  lstat(path).then(
    () => undefined,
    (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? 'does not exist'
        : `cannot be reached (${error.code})`,
  );
