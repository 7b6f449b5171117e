import { RepositoryMissingError } from '@octobox/repository/errors';
import type { Runs } from '../runs.ts';
import type { RepositoryKeeper } from './repository-keeper.ts';

/**
 * Makes the platform's repository, unless there is one.
 * @throws RepositoryMissingError for one that held a backup: it is lost, or on a disk that is not mounted, and an empty one in its
 * place would hide that
 */
export async function makeFirstRepository(rooms: {
  readonly keeper: RepositoryKeeper;
  readonly runs: Runs;
}): Promise<{ created: boolean }> {
  const { keeper, runs } = rooms;
  if ((await runs.list({ state: 'succeeded', limit: 1 })).length === 0) return await keeper.init();
  try {
    await (await keeper.open()).close();
    return { created: false };
  } catch (error) {
    if (!(error instanceof RepositoryMissingError)) throw error;
    throw new RepositoryMissingError(error.location, {
      cause: error,
      advice:
        'It held backups: mount its disk, correct its location, or bring it back from a copy off site. An empty one in its place is made by `octobox init -r` alone, with its --password-file, --layers and --layer-keys.',
    });
  }
}
