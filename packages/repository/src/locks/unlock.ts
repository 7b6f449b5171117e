import { FileMissingError } from '@octobox/storage/errors';
import { DamagedFileError } from '../errors.ts';
import type { LockContent } from '../format/lock-file.ts';
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
  return await removeNamedLocks(repository, names);
}

/** Removes these locks, whoever holds them; one that is gone already is not counted. */
export async function removeNamedLocks(
  repository: LockRepository,
  names: readonly string[],
): Promise<RemovedLocks> {
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

export interface StandingLock {
  /** the name of its file */
  readonly id: string;
  /** Absent: it cannot be read, and may be newer than this program. */
  readonly content?: LockContent;
  /** Whether `removeLocks` takes it without `all`. */
  readonly isStale: boolean;
}

/** Every lock that keeps others out. */
export async function standingLocks(repository: LockRepository): Promise<StandingLock[]> {
  const known = new Map((await listLocks(repository)).map((lock) => [lock.id, lock]));
  const now = Date.now();
  const standing: StandingLock[] = [...known.values()].map(({ id, ...content }) => ({
    id,
    content,
    isStale: isStale(content, now),
  }));
  for await (const { name, size } of repository.storage.list('lock')) {
    if (size > 0 && !known.has(name)) standing.push({ id: name, isStale: false });
  }
  return standing;
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
