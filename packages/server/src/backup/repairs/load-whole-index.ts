import type { Repository } from '@octobox/repository';
import { ServerError } from '../../platform/index.ts';

/** @throws ServerError when a file of the index is damaged: then that comes first */
export async function loadWholeIndex(repository: Repository, signal: AbortSignal): Promise<void> {
  const { DamagedFileError } = await import('@octobox/repository/errors');
  try {
    await repository.loadIndex({ signal });
  } catch (cause) {
    if (!(cause instanceof DamagedFileError)) throw cause;
    throw new ServerError('server.repository', `the index cannot be read: ${cause.message}`, {
      cause,
      advice: 'Repair the index first.',
    });
  }
}
