import type { Repository } from '@octobox/repository';
import type { LockedError } from '@octobox/repository/errors';
import type { SourceContext } from '@octobox/sources';
import type { JobContext } from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';

/** A process that lives refreshes its lock every five minutes, also where its number means nothing here. */
export const abandonedLockMs = 11 * 60_000;
/** Backups hold the repository for minutes; the queue tries again after longer ones. */
const lockPatienceMs = 15 * 60_000;

/** The lane of jobs that need the repository for themselves: one waits in the queue for the other. */
export const aloneLane = 'repository';

/** Who reads the job sees why nothing goes on, and whose lock may have been left behind. */
export const tellWhomFor =
  ({ onLog, onProgress }: Pick<SourceContext, 'onLog' | 'onProgress'>) =>
  ({ holder: { pid, username, hostname } }: LockedError): void => {
    onLog?.(
      `the repository is locked by process ${pid} of ${username} on ${hostname}: waiting. The lock of one that is gone is taken away after 11 minutes, or before that by somebody on the console's screen Repositories`,
    );
    onProgress?.({ step: 'waiting for others to leave the repository' });
  };

type Work<T> = (repository: Repository, signal: AbortSignal) => Promise<T>;

/** Work on the platform's repository under an exclusive lock. The signal ends with the job, and when the lock is lost. */
export const aloneWith = <T>(keeper: RepositoryKeeper, job: JobContext, work: Work<T>): Promise<T> =>
  lockedWith('exclusive', keeper, job, work);

/** The same beside backups: nothing is removed meanwhile. */
export const besideBackups = <T>(keeper: RepositoryKeeper, job: JobContext, work: Work<T>): Promise<T> =>
  lockedWith('shared', keeper, job, work);

async function lockedWith<T>(
  kind: 'exclusive' | 'shared',
  keeper: RepositoryKeeper,
  job: JobContext,
  work: Work<T>,
): Promise<T> {
  const { acquireLock, removeLocks } = await import('@octobox/repository/locks');
  const repository = await keeper.open(job.signal);
  try {
    // Locks that a killed process left behind would keep everybody out for ever.
    await removeLocks(repository, { all: false, silence: abandonedLockMs });
    await using lock = await acquireLock(repository, {
      kind,
      retryFor: lockPatienceMs,
      abandonedAfter: abandonedLockMs,
      signal: job.signal,
      onWait: tellWhomFor({ onLog: (line) => job.log(line), onProgress: (step) => job.progress(step) }),
    });
    return await work(repository, lock.signal);
  } finally {
    await repository.close();
  }
}
