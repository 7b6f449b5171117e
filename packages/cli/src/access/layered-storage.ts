import type { KeyFolder, Storage } from '@octobox/storage';
import { StorageMetrics } from '@octobox/storage/metrics';
import { openLayers, openStorage } from '@octobox/storage/open';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { type FoundKeys, givenRecipients, keyFolder, layerKeys } from './layer-keys.ts';
import { forOwnRecipientsOnly, forSameRecipientsOnly } from './own-recipients.ts';
import type { Place } from './place.ts';
import { storageOptions } from './storage-options.ts';

export interface LayeredPlace {
  /** Inside its layers: what the engine works on. */
  readonly storage: Storage;
  /** Outside all layers, what the storage really holds; closed with `storage`. */
  readonly base: Storage;
  /** What is asked of `base`, when it is remote. */
  readonly metrics: StorageMetrics;
  readonly keys: FoundKeys;
  readonly folder: KeyFolder;
}

/** The storage of a repository inside its layers. Throws when it lies in other layers than there are keys for. */
export async function openLayeredStorage(
  cli: Cli,
  flags: RepositoryFlags,
  place: Omit<Place, 'passwordFile'>,
): Promise<LayeredPlace> {
  const metrics = new StorageMetrics();
  const base = await openStorage(place.location, { ...storageOptions(cli, flags, place), metrics });
  try {
    const folder = keyFolder(cli, flags, { location: base.location, layerKeys: place.layerKeys });
    const keys = await layerKeys(cli, passphraseFlags(cli, flags, place), folder);
    const inside = await openLayers(base, keys, cli.signal);
    const storage = await writtenForAll(cli, flags, { base, storage: inside, keys, folder });
    return { base, metrics, storage, keys, folder };
  } catch (error) {
    await base.close();
    throw error;
  }
}

/** Nothing is written that one of those who can read the repository could not read. */
async function writtenForAll(
  cli: Cli,
  flags: RepositoryFlags,
  { base, storage, keys, folder }: Omit<LayeredPlace, 'metrics'>,
): Promise<Storage> {
  if (keys.age === undefined || keys.age.recipients.length === 0) return storage;
  if ((await folder.recipients()) !== undefined)
    return await forOwnRecipientsOnly(storage, {
      recipients: keys.age.recipients,
      given: await givenRecipients(cli, flags),
      folder,
    });
  return forSameRecipientsOnly(storage, { base, recipients: keys.age.recipients }, cli.signal);
}

const passphraseFlags = (
  { env }: Cli,
  flags: RepositoryFlags,
  { agePassphraseFile }: Pick<Place, 'agePassphraseFile'>,
): RepositoryFlags =>
  agePassphraseFile === undefined || env.agePassphraseFile !== undefined
    ? flags
    : { agePassphraseFile, ...flags };
