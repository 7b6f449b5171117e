import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, type Environment, loadConfig } from '@octobox/server';
import { isSetUp } from './open-own-platform.ts';

/**
 * The configuration of the platform that is set up on this machine, for a verb that RESTIC_REPOSITORY may tell of any
 * repository; for the platform that names its own, when it is nowhere else. Undefined when there is no platform.
 * @throws CliError when this user may not look, and what `loadConfig` throws
 */
export async function ownConfig(env: Environment): Promise<Config | undefined> {
  const { RESTIC_REPOSITORY: named, ...others } = env;
  const config = loadConfig({ env: others });
  const { dataFolder, repository } = config;
  if (!(await isSetUp(config))) return undefined;
  const isElsewhere =
    repository.location === join(dataFolder, 'repository') && !(await exists(repository.location));
  return isElsewhere && named !== undefined ? loadConfig({ env }) : config;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
