import { readdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Storage } from '@octobox/storage';

const own: ReadonlySet<string> = new Set(['config', 'data', 'index', 'keys', 'locks', 'snapshots', 'tmp']);

/**
 * What lies in the folder of a new mirror and is no part of a repository. Only folders of this machine can be looked
 * through: the other storages list what belongs to a repository, and nothing else.
 */
export async function foreignEntries({ location }: Pick<Storage, 'location'>): Promise<string[]> {
  if (!isAbsolute(location)) return [];
  try {
    return (await readdir(location)).filter((name) => !own.has(name) && name !== 'lost+found').sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
