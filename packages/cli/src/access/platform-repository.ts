import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@octobox/server';
import type { Cli } from '../verb.ts';
import type { Place } from './place.ts';

/** The repository that `octobox protect` made on this machine; undefined when it never did. */
export async function platformRepository({ env }: Cli): Promise<Place | undefined> {
  const { repository, dataFolder } = loadConfig({ env: env.all });
  // The password file may be one that the environment names for other repositories: where nothing but that is there,
  // no repository was meant. A place that was configured may be out of reach for now, and is to be named then.
  const isUsualPlace = repository.location === join(dataFolder, 'repository');
  const signs = isUsualPlace ? [repository.passwordFile, repository.location] : [repository.passwordFile];
  return (await Promise.all(signs.map(isThere))).every(Boolean) ? repository : undefined;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
