/** The lock files that lie in a repository: whose they are, which conflict, which are abandoned. */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Storage, StorageOptions } from '@octobox/storage';
import { FileMissingError } from '@octobox/storage/errors';
import { DamagedFileError, LockedError } from '../errors.ts';
import { formatGoTime } from '../format/go/go-time.ts';
import { parseInstant } from '../format/go/instant.ts';
import { decodeLock, type LockContent } from '../format/lock-file.ts';
import { userName } from '../store/keys/keys.ts';
import { interpret } from '../store/stored-file.ts';

export type LockKind = 'shared' | 'exclusive';

/** What locks need of a repository. */
export interface LockRepository {
  readonly storage: Storage;
  readUnpacked(kind: 'lock', name: string): Promise<Buffer>;
  writeUnpacked(kind: 'lock', json: Uint8Array, options?: StorageOptions): Promise<string>;
}

export interface StoredLock extends LockContent {
  /** the name of its file */
  readonly id: string;
}

/** A lock of this process, as of `now` (milliseconds since 1970). */
export function ownLock(kind: LockKind, now: number): LockContent {
  return {
    time: formatGoTime(BigInt(Math.floor(now)) * 1_000_000n),
    exclusive: kind === 'exclusive',
    hostname: hostname(),
    username: userName(),
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  };
}

/**
 * Every lock file that is not empty (a crashed writer on a simple storage may leave those, and they mean nothing).
 * Locks that vanish meanwhile were released. Throws `DamagedFileError` for one that cannot be read.
 */
export async function* storedLocks(
  repository: LockRepository,
  known: ReadonlySet<string> = new Set(),
): AsyncGenerator<StoredLock> {
  for await (const { name, size } of repository.storage.list('lock')) {
    if (size === 0 || known.has(name)) continue;
    try {
      const json = await repository.readUnpacked('lock', name);
      yield { ...interpret({ kind: 'lock', name }, () => decodeLock(json)), id: name };
    } catch (error) {
      if (!(error instanceof FileMissingError)) throw error;
    }
  }
}

/**
 * Throws `LockedError` when another lock forbids one of this kind. A lock that cannot be read may be one that is just
 * being written or that the network keeps back, so it is tried again after each of `pauses` before it counts.
 */
export async function assertNoConflict(
  repository: LockRepository,
  kind: LockKind,
  own: string | undefined,
  pauses: readonly number[],
  signal?: AbortSignal,
): Promise<void> {
  const harmless = new Set(own === undefined ? [] : [own]);
  for (const pause of [...pauses, undefined]) {
    try {
      for await (const lock of storedLocks(repository, harmless)) {
        if (kind === 'exclusive' || lock.exclusive) throw new LockedError(repository.storage.location, lock);
        harmless.add(lock.id);
      }
      return;
    } catch (error) {
      if (error instanceof LockedError || pause === undefined) throw withAdvice(error);
    }
    await delay(pause, undefined, { signal });
  }
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof DamagedFileError)) return error;
  return new DamagedFileError(error.file, error.problem, {
    cause: error,
    advice: '`octobox unlock --remove-all` removes it; make sure first that nobody else uses the repository.',
  });
}

/** Milliseconds after which a lock that nobody refreshed is abandoned. */
const STALE_AFTER = 30 * 60_000;

/**
 * Older than half an hour, or of a process of this host that is gone and has not refreshed it for `silence`.
 * A process that cannot be seen may live in another PID namespace; restic takes it for gone at once.
 * All in milliseconds, `now` since 1970.
 */
export function isStale(lock: LockContent, now: number, silence = 0): boolean {
  const age = now - Number(parseInstant(lock.time) / 1_000_000n);
  if (age > STALE_AFTER) return true;
  return lock.hostname === hostname() && (silence === 0 || age > silence) && !isAlive(lock.pid);
}

function isAlive(pid: number): boolean {
  // 0 and below would name process groups.
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not permitted means that there is such a process.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
