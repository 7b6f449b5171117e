import type { Repository } from '@octobox/repository';
import { acquireLock, type RepositoryLock } from '@octobox/repository/locks';

/** What ends something that is opened, and then read for as long as its reader likes. */
export interface Lasting {
  /** Ends the opening alone. */
  readonly opening: AbortSignal;
  /** Ends both. */
  readonly reading: AbortSignal;
}

/**
 * A shared lock that outlasts the time in which it has to be there. One whose signal was aborted is not refreshed, and
 * after a moment cannot be given back either.
 */
export async function acquireLastingLock(
  repository: Repository,
  { opening, reading }: Lasting,
): Promise<RepositoryLock> {
  const waiting = new AbortController();
  const giveUp = (): void => waiting.abort(opening.reason);
  if (opening.aborted) giveUp();
  opening.addEventListener('abort', giveUp, { once: true });
  try {
    const signal = AbortSignal.any([waiting.signal, reading]);
    return await acquireLock(repository, { kind: 'shared', signal });
  } finally {
    opening.removeEventListener('abort', giveUp);
  }
}
