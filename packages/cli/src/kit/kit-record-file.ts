import { basename, dirname, join } from 'node:path';
import { keyFolderOf } from '@octobox/storage/keyring';
import { CliError } from '../errors.ts';
import type { Cli } from '../verb.ts';

/**
 * Where the record of the kits of a repository lies: of the platform's own and its copies in its data folder, where
 * it watches them; of any other beside the keyring, under the name of the key folder.
 * `location`: as its storage tells it.
 */
export async function kitRecordFile({ env }: Pick<Cli, 'env'>, location: string): Promise<string> {
  // Loaded here only: it brings the whole platform along, which few verbs need.
  const { platformKitRecord } = await import('@octobox/server');
  const { ownConfig } = await import('../platform/own-config.ts');
  // Who may not look at the platform has none.
  const config = await ownConfig(env.all).catch((error: unknown) => {
    if (error instanceof CliError) return undefined;
    throw error;
  });
  const own = config === undefined ? undefined : await platformKitRecord(config, location);
  if (own !== undefined) return own;
  const folder = keyFolderOf(location, env.all).path;
  return join(dirname(dirname(folder)), 'kits', `${basename(folder)}.json`);
}
