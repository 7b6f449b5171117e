import {
  type AcquireLockOptions,
  acquireLock,
  beginLock,
  type LockKind,
  type RepositoryLock,
} from '@octobox/repository/locks';
import { Repository } from '@octobox/repository/store';
import type { Storage, StorageMetrics } from '@octobox/storage';
import { assertKeysDiffer, suffixOf } from '@octobox/storage/open';
import type { RepositoryFlags } from '../options/global-options.ts';
import { resolvePassword } from '../password/password.ts';
import type { Cli } from '../verb.ts';
import { compressionMode } from './compression.ts';
import { openLayeredStorage } from './layered-storage.ts';
import { findRepository } from './location.ts';
import { packSize } from './pack-size.ts';
import type { Place } from './place.ts';
import { cacheable, useCache } from './repository-cache.ts';

export type OpenFlags = RepositoryFlags;

export interface OpenedRepository extends AsyncDisposable {
  readonly metrics: StorageMetrics;
  readonly place: Place;
  /** Beneath all layers: where files lie as the storage has them, and what their names end with. */
  readonly beneath: { readonly storage: Storage; readonly suffix: string };
  /** Throws when the password is a key of one of the outer layers, too. */
  assertNoLayerKey(password: string): void;
}

/**
 * The repository named by options, environment or platform, opened with its password.
 * @param meanwhile starts what can be done without this thread while it derives the key; must not throw
 */
export async function openRepository(
  cli: Cli,
  flags: OpenFlags,
  meanwhile?: (storage: Storage) => Promise<void>,
): Promise<Repository & OpenedRepository> {
  const place = await findRepository(cli, flags);
  const { storage, base, metrics, keys } = await openLayeredStorage(cli, flags, place);
  const password = await resolvePassword(cli, passwordFlags(place, flags), {
    isNew: false,
    location: storage.location,
  });
  const assertNoLayerKey = (repositoryPassword: string): void =>
    assertKeysDiffer({ repositoryPassword, ...keys });
  assertNoLayerKey(password);
  await meanwhile?.(storage);
  const repository = await Repository.open(cacheable(storage, place.location, flags), {
    password,
    signal: cli.signal,
    keyHint: flags.keyHint ?? cli.env.keyHint,
    deriveHere: true,
    compression: compressionMode(cli, flags),
    packSize: packSize(cli, flags),
  });
  await useCache(cli, repository, flags);
  const beneath = { storage: base, suffix: suffixOf(keys) };
  const close = { [Symbol.asyncDispose]: () => repository.close() };
  return Object.assign(repository, { metrics, place, beneath, assertNoLayerKey, ...close });
}

/** What is said of the password; when nothing is, the file that belongs to the place. */
export const passwordFlags = (place: Place, flags: RepositoryFlags): RepositoryFlags =>
  place.passwordFile === undefined || flags.passwordCommand !== undefined || flags.insecureNoPassword === true
    ? flags
    : { ...flags, passwordFile: flags.passwordFile ?? place.passwordFile };

type LockFlags = RepositoryFlags & { readonly quiet?: boolean };

export interface HeldLock extends AsyncDisposable {
  /** Aborted by an interruption, and when the lock is lost. */
  readonly signal: AbortSignal;
}

/**
 * Locks the repository for a verb, waiting as long as `--retry-lock` says; `--no-lock` takes none.
 * @param meanwhile see `acquireLock`
 */
export async function lockRepository(
  cli: Cli,
  repository: Repository,
  kind: LockKind,
  flags: LockFlags,
  meanwhile?: () => Promise<unknown>,
): Promise<HeldLock> {
  if (flags.lock === false) return withoutLock(cli);
  return held(cli, await acquireLock(repository, { ...lockOptions(cli, kind, flags), meanwhile }));
}

/** The same for a verb that reads first: nothing that others see may be written before `lockHeld` resolves. */
export async function beginRepositoryLock(
  cli: Cli,
  repository: Repository,
  kind: LockKind,
  flags: LockFlags,
): Promise<HeldLock & { readonly lockHeld?: Promise<void> }> {
  if (flags.lock === false) return withoutLock(cli);
  const begun = await beginLock(repository, lockOptions(cli, kind, flags));
  return { ...held(cli, begun.lock), lockHeld: begun.held };
}

/** Who wants to leave is not held by a lock that cannot be given back, and is told of it. */
const held = (cli: Cli, lock: RepositoryLock): HeldLock => ({
  signal: lock.signal,
  [Symbol.asyncDispose]: () =>
    lock.release().catch((error: unknown) => {
      if (!cli.signal.aborted) throw error;
      cli.out.say(
        `octobox: the lock ${lock.id.slice(0, 8)} stays behind; \`octobox unlock\` removes it later`,
      );
    }),
});

const withoutLock = (cli: Cli): HeldLock => ({
  signal: cli.signal,
  [Symbol.asyncDispose]: async () => undefined,
});

const lockOptions = (cli: Cli, kind: LockKind, flags: LockFlags): AcquireLockOptions => ({
  kind,
  retryFor: (flags.retryLock ?? 0) * 1000,
  signal: cli.signal,
  onWait: (error) => {
    if (!flags.quiet) cli.out.say(`${error.message}; waiting`);
  },
});
