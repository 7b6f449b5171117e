/**
 * Locks of a repository, by restic's rules: many may hold a shared lock, an exclusive one stands alone.
 *
 * To acquire: look for conflicting locks, create an own one, wait a moment, look again; on conflict remove the own
 * one and fail. Even a lock that looks abandoned blocks: only `unlock` removes those, and who says after which silence
 * (`abandonedAfter`).
 *
 * States: begun → held (nobody else was found after the wait) → released (by its holder), or held → lost (not refreshed
 * for 22.5 minutes of wall time, or removed by somebody else). A lost lock aborts `signal`, as one that could not be
 * held does: others may by then change the repository under this process.
 *
 * While a lock is begun, everything may be read, because who wants to change the repository finds it before he does.
 * Nothing may be written that others see.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StorageOptions } from '@octobox/storage';
import { FileMissingError, StorageError, type StorageErrorCode } from '@octobox/storage/errors';
import { LockedError, LockLostError, type RepositoryError } from '../errors.ts';
import { encodeLock } from '../format/lock-file.ts';
import { surviveHangups } from './hangup.ts';
import { assertNoConflict, type LockKind, type LockRepository, ownLock } from './stored-locks.ts';
import { removeLocks } from './unlock.ts';

export interface LockTiming {
  /** between creating the lock and looking again */
  readonly settle: number;
  /** between two refreshes */
  readonly refreshEvery: number;
  /** after the last refresh: half-way between safe and stale (30 minutes) */
  readonly lostAfter: number;
  /** between two looks at the clock: timers stand still while a machine sleeps, the clock does not */
  readonly poll: number;
  /** before the second, third and fourth try to read a lock that cannot be read */
  readonly unreadable: readonly number[];
  /** before the second try for a lock that is taken; doubles up to `retryMost` */
  readonly retryFirst: number;
  readonly retryMost: number;
  /** for giving the lock back after an interruption: a storage that is away must not hold who wants to leave */
  readonly parting: number;
}

/** Milliseconds; all of them are restic's, but the last. */
export const LOCK_TIMING: LockTiming = {
  settle: 200,
  refreshEvery: 5 * 60_000,
  lostAfter: 22.5 * 60_000,
  poll: 1000,
  unreadable: [5000, 10_000, 20_000],
  retryFirst: 5000,
  retryMost: 60_000,
  parting: 10_000,
};

export interface AcquireLockOptions {
  readonly kind: LockKind;
  /** milliseconds to go on trying while the repository is locked; 0 when absent */
  readonly retryFor?: number | undefined;
  /**
   * Locks that are in the way go, before it is tried again, when their process is gone and they were not refreshed for so
   * many milliseconds; absent: they stay.
   */
  readonly abandonedAfter?: number | undefined;
  /** Ends the waiting; and afterwards aborts the lock's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Called once when the repository is locked and will be tried again. */
  readonly onWait?: ((error: LockedError) => void) | undefined;
  /**
   * Done while the lock is begun: only for reading what is thrown away when it cannot be held. Called again with each
   * try.
   */
  readonly meanwhile?: (() => Promise<unknown>) | undefined;
  /** For tests; restic's when absent. */
  readonly timing?: Partial<LockTiming> | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly now?: (() => number) | undefined;
}

/** Throws `LockedError`, or `DamagedFileError` when a lock file cannot be read after several tries. */
export async function acquireLock(
  repository: LockRepository,
  options: AcquireLockOptions,
): Promise<RepositoryLock> {
  const timing = { ...LOCK_TIMING, ...options.timing };
  const now = options.now ?? Date.now;
  const end = now() + (options.retryFor ?? 0);
  let pause = Math.min(timing.retryFirst, options.retryFor ?? 0);
  for (let waited = false; ; waited = true) {
    try {
      return await acquireOnce(repository, options, timing, now);
    } catch (error) {
      if (!(error instanceof LockedError) || now() >= end) throw error;
      if (!waited) options.onWait?.(error);
    }
    if (await removedAbandoned(repository, options, now)) continue;
    const varied = variedPause(pause, Math.random());
    await delay(Math.max(1, Math.min(varied, end - now())), undefined, { signal: options.signal });
    pause = Math.min(pause * 2, timing.retryMost);
  }
}

/** Of two who came at once each finds the lock of the other; after the same pause they would do so again. `drawn`: 0 to 1. */
export const variedPause = (milliseconds: number, drawn: number): number => milliseconds * (0.5 + drawn);

async function removedAbandoned(
  repository: LockRepository,
  { abandonedAfter }: AcquireLockOptions,
  now: () => number,
): Promise<boolean> {
  if (abandonedAfter === undefined) return false;
  try {
    return (await removeLocks(repository, { all: false, silence: abandonedAfter, now })).removed > 0;
  } catch (error) {
    // A storage that refuses it leaves what there was before: waiting.
    if (error instanceof StorageError) return false;
    throw error;
  }
}

export interface BegunLock {
  /** Its signal is aborted when it cannot be held. */
  readonly lock: RepositoryLock;
  /** Resolves when the lock is held; rejects as `acquireLock` does, and the lock is released. */
  readonly held: Promise<void>;
}

/**
 * The same for who reads first: gives the lock as soon as it is begun. Who is ready to wait for others (`retryFor`)
 * gets one that is held: what was read under a lock that failed could not be used.
 */
export async function beginLock(repository: LockRepository, options: AcquireLockOptions): Promise<BegunLock> {
  if ((options.retryFor ?? 0) > 0)
    return { lock: await acquireLock(repository, options), held: Promise.resolve() };
  const timing = { ...LOCK_TIMING, ...options.timing };
  return await begin(repository, options, timing, options.now ?? Date.now);
}

async function acquireOnce(
  repository: LockRepository,
  options: AcquireLockOptions,
  timing: LockTiming,
  now: () => number,
): Promise<RepositoryLock> {
  const { lock, held } = await begin(repository, options, timing, now);
  const reading = options.meanwhile?.();
  // Awaited below; until then a failure must not count as unhandled.
  reading?.catch(() => {});
  await held;
  try {
    await reading;
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

async function begin(
  repository: LockRepository,
  { kind, signal }: AcquireLockOptions,
  timing: LockTiming,
  now: () => number,
): Promise<BegunLock> {
  const looked = performance.now();
  await assertNoConflict(repository, kind, undefined, timing.unreadable, signal);
  surviveHangups();
  const id = await repository
    .writeUnpacked('lock', encodeLock(ownLock(kind, now())))
    .catch((error: unknown) => Promise.reject(unwritten(error)));
  const lock = new RepositoryLock(repository, kind, id, signal, timing, now);
  const orGiveUp = async (look: Promise<void>): Promise<void> => {
    try {
      await look;
    } catch (error) {
      await lock.fail(error);
      throw error;
    }
  };
  const look = () => assertNoConflict(repository, kind, id, timing.unreadable, signal);
  // Somebody may have come after the first look and gone through his wait before this lock was there to be seen.
  if (performance.now() - looked > timing.settle / 2) await orGiveUp(look());
  const settle = async (): Promise<void> => {
    // From here on nobody changes the keys of the layers; who did it before has ended.
    const proof = repository.storage.proveKeys?.({ signal });
    proof?.catch(() => {});
    await delay(timing.settle, undefined, { signal });
    await look();
    await proof;
  };
  const held = orGiveUp(settle());
  // Who has the lock awaits it; until then a failure must not count as unhandled.
  held.catch(() => {});
  return { lock, held };
}

const WITHOUT_ONE: { readonly [code in StorageErrorCode]?: string } = {
  'storage.full':
    'Where the repository itself has to make room, forget and prune do with --no-lock; nobody else may use it meanwhile.',
  'storage.denied': 'To read only, --no-lock does without one.',
};

/** A lock that cannot be written is in the way of what would help, or of what writes nothing. */
function unwritten(error: unknown): unknown {
  if (!(error instanceof StorageError) || WITHOUT_ONE[error.code] === undefined) return error;
  const advice = [error.advice, WITHOUT_ONE[error.code]].filter((one) => one !== undefined).join(' ');
  return new StorageError(error.code, `no lock can be written: ${error.message}`, { cause: error, advice });
}

/** Aborted so long after the other one. */
function soonAfter(signal: AbortSignal, milliseconds: number): AbortSignal {
  const after = new AbortController();
  const begin = (): void => {
    setTimeout(() => after.abort(signal.reason), milliseconds).unref();
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return after.signal;
}

async function removeLockFile(
  repository: LockRepository,
  name: string,
  options: StorageOptions,
): Promise<void> {
  try {
    await repository.storage.remove({ kind: 'lock', name }, options);
  } catch (error) {
    if (!(error instanceof FileMissingError)) throw error;
  }
}

export class RepositoryLock implements AsyncDisposable {
  readonly kind: LockKind;
  /** Aborted when the lock is lost or could not be held, or when the signal given to `acquireLock` is. */
  readonly signal: AbortSignal;
  readonly #repository: LockRepository;
  readonly #timing: LockTiming;
  readonly #now: () => number;
  readonly #lost = new AbortController();
  /** For what is still to be done to the lock itself: outlasts `signal` for a moment. */
  readonly #own: StorageOptions;
  readonly #watch: NodeJS.Timeout;
  #refreshing: Promise<void> | undefined;
  #id: string;
  /** Own files that a newer one has replaced and that could not be removed yet. */
  readonly #outdated = new Set<string>();
  #lastError: unknown;
  #refreshed: number;
  #tried: number;
  #released = false;

  /** Use `acquireLock` or `beginLock`. */
  constructor(
    repository: LockRepository,
    kind: LockKind,
    id: string,
    signal: AbortSignal | undefined,
    timing: LockTiming,
    now: () => number,
  ) {
    this.kind = kind;
    this.signal = signal === undefined ? this.#lost.signal : AbortSignal.any([this.#lost.signal, signal]);
    this.#own = { signal: soonAfter(this.signal, timing.parting) };
    this.#repository = repository;
    this.#timing = timing;
    this.#now = now;
    this.#id = id;
    this.#refreshed = now();
    this.#tried = this.#refreshed;
    this.#watch = setInterval(() => this.#look(), timing.poll).unref();
  }

  /** The name of its file; a refresh changes it. */
  get id(): string {
    return this.#id;
  }

  /** Removes the lock; again is a no-op. After an interruption it rejects when the storage does not answer before long. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    clearInterval(this.#watch);
    await this.#refreshing;
    for (const id of [...this.#outdated, this.#id]) await removeLockFile(this.#repository, id, this.#own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** It could not be held: whoever works under it hears so, and it is released. */
  async fail(reason: unknown): Promise<void> {
    this.#lost.abort(reason);
    await this.release();
  }

  /** Does not wait for a refresh: one that hangs must not keep the loss of the lock from being noticed. */
  #look(): void {
    const now = this.#now();
    if (this.#lost.signal.aborted) return;
    if (now - this.#refreshed > this.#timing.lostAfter) {
      this.#lose('it is too old');
      return;
    }
    // A clock that was set back makes a lock of the future, so that counts as due.
    if (now >= this.#tried && now - this.#tried < this.#timing.refreshEvery) return;
    this.#tried = now;
    this.#refreshing ??= this.#refresh(now)
      .catch((error: unknown) => {
        // The next try may succeed, and `lostAfter` tells when it did not.
        if (error instanceof FileMissingError) this.#lose('somebody removed it', error);
        else this.#lastError = error;
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
  }

  /** Creates the new lock before it removes the old one: at no moment is there none. */
  async #refresh(now: number): Promise<void> {
    const id = await this.#repository.writeUnpacked('lock', encodeLock(ownLock(this.kind, now)), this.#own);
    this.#outdated.add(this.#id);
    this.#id = id;
    this.#refreshed = now;
    for (const name of this.#outdated) {
      await this.#repository.storage.remove({ kind: 'lock', name }, this.#own);
      this.#outdated.delete(name);
    }
  }

  #lose(reason: string, cause: unknown = this.#lastError): void {
    const error: RepositoryError = new LockLostError(`${this.#repository.storage.location} (${reason})`, {
      cause,
    });
    this.#lost.abort(error);
  }
}
