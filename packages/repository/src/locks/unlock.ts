import { FileMissingError } from '@octobox/storage/errors';
import { DamagedFileError } from '../errors.ts';
import { isStale, type LockRepository, type StoredLock, storedLocks } from './stored-locks.ts';

export interface RemoveLocksOptions {
  /** Removes every lock, whoever holds it: only when nobody else uses the repository. */
  readonly all: boolean;
  /**
   * Milliseconds that a lock must not have been refreshed for before its process, when it cannot be seen, counts as
   * gone: for whoever removes locks without being asked. 0 as in restic when absent.
   */
  readonly silence?: number;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

export interface RemovedLocks {
  readonly removed: number;
}

/** Removes abandoned locks, or all. Locks that cannot be read stay unless `all`: they may be newer than this program. */
export async function removeLocks(
  repository: LockRepository,
  options: RemoveLocksOptions,
): Promise<RemovedLocks> {
  const now = options.now ?? Date.now;
  const names = options.all
    ? await allNames(repository)
    : await staleNames(repository, now(), options.silence);
  let removed = 0;
  for (const name of names) {
    try {
      await repository.storage.remove({ kind: 'lock', name });
      removed++;
    } catch (error) {
      if (!(error instanceof FileMissingError)) throw error;
    }
  }
  return { removed };
}

/** The locks that stand, stale ones included; unreadable ones are left out. */
export async function listLocks(repository: LockRepository): Promise<StoredLock[]> {
  const locks: StoredLock[] = [];
  const unreadable = new Set<string>();
  for (;;) {
    try {
      const known = new Set([...unreadable, ...locks.map(({ id }) => id)]);
      for await (const lock of storedLocks(repository, known)) locks.push(lock);
      return locks;
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      unreadable.add(error.file.name);
    }
  }
}

async function staleNames(repository: LockRepository, now: number, silence?: number): Promise<string[]> {
  return (await listLocks(repository)).filter((lock) => isStale(lock, now, silence)).map(({ id }) => id);
}

async function allNames(repository: LockRepository): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of repository.storage.list('lock')) names.push(name);
  return names;
}
