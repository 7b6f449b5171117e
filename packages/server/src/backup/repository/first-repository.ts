import { RepositoryMissingError } from '@octobox/repository/errors';
import type { RepositoryKeeper } from './repository-keeper.ts';
import type { RepositoryLocations } from './repository-locations.ts';

/**
 * Makes the platform's repository where there is none, unless backups went there: then it is lost, or on a disk that is not
 * mounted, and an empty one in its place would hide that.
 * @throws RepositoryMissingError for one that held backups
 */
export async function makeFirstRepository(rooms: {
  readonly keeper: RepositoryKeeper;
  readonly repositoryLocations: RepositoryLocations;
}): Promise<{ created: boolean }> {
  const { keeper, repositoryLocations } = rooms;
  try {
    await (await keeper.open()).close();
    return { created: false };
  } catch (error) {
    if (!(error instanceof RepositoryMissingError)) throw error;
    if (!(await repositoryLocations.heldBackups(error.location))) return await keeper.init();
    throw new RepositoryMissingError(error.location, {
      cause: error,
      advice:
        'It held backups: mount its disk, bring it back from a copy off site, or name another location. An empty one in its place is made by `octobox init -r` alone, with its --password-file, --layers and --layer-keys.',
    });
  }
}
