/** Locks of a repository. */
export {
  type AcquireLockOptions,
  acquireLock,
  type BegunLock,
  beginLock,
  RepositoryLock,
} from '../locks/lock.ts';
export type { LockKind, StoredLock } from '../locks/stored-locks.ts';
export {
  listLocks,
  type RemovedLocks,
  removeLocks,
  removeNamedLocks,
  type StandingLock,
  standingLocks,
} from '../locks/unlock.ts';
