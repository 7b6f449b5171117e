/** Whether a mirror is its own source under another spelling, before anything is sent there. */
import type { Storage } from '@octobox/storage';
import { StorageError } from '@octobox/storage/errors';
import { LockedError } from '../errors.ts';
import { acquireLock } from '../locks/lock.ts';
import type { Repository } from '../store/repository.ts';
import { assertElsewhere } from './establish-mirror.ts';
import { MIRRORED_KINDS, type MirrorPlan } from './mirror-plan.ts';

/**
 * Only a place with the very same files is in doubt: a lock is then taken at the source, and is looked for there.
 * With `noLock`, or where the source takes none, only the locks that lie there already can tell.
 * @throws MirrorMismatchError when the target is the source: a second copy that is none
 */
export async function assertOtherPlace(
  source: Repository,
  target: Storage,
  plan: MirrorPlan,
  options: { readonly signal?: AbortSignal | undefined; readonly noLock?: boolean | undefined } = {},
): Promise<void> {
  const { signal = new AbortController().signal } = options;
  if (plan.isNew || !hasTheSameFiles(plan)) return;
  await assertElsewhere(source, target, signal);
  if (options.noLock === true) return;
  try {
    await using lock = await acquireLock(source, { kind: 'shared', signal });
    await assertElsewhere(source, target, lock.signal);
  } catch (error) {
    if (error instanceof LockedError) return;
    // A source that may only be read takes no lock.
    if (error instanceof StorageError && error.code === 'storage.denied') return;
    throw error;
  }
}

const hasTheSameFiles = ({ kinds }: MirrorPlan): boolean =>
  MIRRORED_KINDS.every((kind) => kinds[kind].copy.length + kinds[kind].missing.length === 0);
