import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Repository } from '@octobox/repository';
import type { Storage } from '@octobox/storage';
import { CachedStorage, CacheFolder, removeOldCaches } from '@octobox/storage/cache';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';

const usualAgeDays = 30;

/** Where the caches of this user are: named by option or environment, else in the folder for caches. */
export function cacheBase({ env }: Pick<Cli, 'env'>, flags: RepositoryFlags): string {
  const named = flags.cacheDir ?? env.cacheFolder;
  if (named !== undefined) return named;
  const caches = env.all.XDG_CACHE_HOME || join(env.all.HOME || homedir(), '.cache');
  return join(caches, 'octobox');
}

/** A path, or `local:` before one: its files are as near as a copy would be. */
const isLocal = (location: string): boolean => !/^(?!local:)[a-z][a-z0-9+.-]*:/i.test(location);

/** The storage with room for a cache, which `useCache` fills once the repository is known; itself when none is wanted. */
export function cacheable(storage: Storage, location: string, flags: RepositoryFlags): Storage {
  return flags.cache === false || isLocal(location) || location.startsWith('memory:')
    ? storage
    : new CachedStorage(storage);
}

/** Starts the cache of an opened repository. A folder that cannot be used costs speed, so it is only told. */
export async function useCache(cli: Cli, repository: Repository, flags: RepositoryFlags): Promise<void> {
  const { storage } = repository;
  if (!(storage instanceof CachedStorage)) return;
  const base = cacheBase(cli, flags);
  try {
    storage.use({
      folder: await CacheFolder.open(base, repository.id),
      isTreePack: (name) => repository.holdsTrees(name),
    });
    if (flags.cleanupCache) await removeOldCaches(base, usualAgeDays);
  } catch (error) {
    cli.out.say(`octobox: without a cache: ${error instanceof Error ? error.message : String(error)}`);
  }
}
