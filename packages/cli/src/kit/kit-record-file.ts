import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Config, Environment } from '@octobox/server';
import { keyFolderOf } from '@octobox/storage/keyring';
import type { Cli } from '../verb.ts';

/**
 * Where the record of the kits of a repository lies: of the platform's own and its copies in its data folder, where
 * it watches them; of any other beside the keyring, under the name of the key folder.
 * `location`: as its storage tells it.
 */
export async function kitRecordFile({ env }: Pick<Cli, 'env'>, location: string): Promise<string> {
  // Loaded here only: it brings the whole platform along, which few verbs need.
  const { platformKitRecord } = await import('@octobox/server');
  const config = await ownConfig(env.all);
  const own = config === undefined ? undefined : await platformKitRecord(config, location);
  if (own !== undefined) return own;
  const folder = keyFolderOf(location, env.all).path;
  return join(dirname(dirname(folder)), 'kits', `${basename(folder)}.json`);
}

/** Of the platform that is set up on this machine; undefined when there is none. */
async function ownConfig(env: Environment): Promise<Config | undefined> {
  const { loadConfig } = await import('@octobox/server');
  const { isSetUp } = await import('../platform/open-own-platform.ts');
  // For the kit verbs it names any repository; for the platform its own, when that is nowhere else.
  const { RESTIC_REPOSITORY: named, ...others } = env;
  const config = loadConfig({ env: others });
  const { dataFolder, repository } = config;
  if (!(await isSetUp(config).catch(() => false))) return undefined;
  const isElsewhere =
    repository.location === join(dataFolder, 'repository') && !(await exists(repository.location));
  return isElsewhere && named !== undefined ? loadConfig({ env }) : config;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
