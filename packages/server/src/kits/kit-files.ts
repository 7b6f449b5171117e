import { join } from 'node:path';
import { openStorage } from '@octobox/storage';
import { OffSitePlace } from '../offsite/index.ts';
import type { Config } from '../platform/index.ts';

/** Where the record of the kits of a repository of the platform lies; without a name, of its primary one. */
export const kitRecordFile = (dataFolder: string, offSite?: string): string =>
  join(dataFolder, 'kits', offSite === undefined ? 'repository.json' : `off-site-${offSite}.json`);

/** The location of the primary repository as its storage tells it. */
export async function primaryLocation({ repository }: Pick<Config, 'repository'>): Promise<string> {
  const { location, environment, options, certificateFile } = repository;
  const storage = await openStorage(location, { environment, options, certificateFile });
  await storage.close();
  return storage.location;
}

/**
 * Where the record of the kits of the repository at a location lies; undefined when it is none of the platform's.
 * `location`: as its storage tells it.
 */
export async function platformKitRecord(config: Config, location: string): Promise<string | undefined> {
  if (isSame(await primaryLocation(config), location)) return kitRecordFile(config.dataFolder);
  for (const settings of config.offsite) {
    if (isSame(await new OffSitePlace(settings).location(), location)) {
      return kitRecordFile(config.dataFolder, settings.name);
    }
  }
  return undefined;
}

export const isSame = (one: string, other: string): boolean =>
  one.replace(/\/+$/, '') === other.replace(/\/+$/, '');
