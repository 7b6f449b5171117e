import type { KeyFolder, Storage } from '@octobox/storage';
import { openLayers, openStorage } from '@octobox/storage/open';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { type FoundKeys, givenRecipients, keyFolder, layerKeys } from './layer-keys.ts';
import { forOwnRecipientsOnly } from './own-recipients.ts';
import type { Place } from './place.ts';
import { storageOptions } from './storage-options.ts';

export interface LayeredPlace {
  /** Inside its layers: what the engine works on. */
  readonly storage: Storage;
  /** Outside all layers, what the storage really holds; closed with `storage`. */
  readonly base: Storage;
  readonly keys: FoundKeys;
  readonly folder: KeyFolder;
}

/** The storage of a repository inside its layers. Throws when it lies in other layers than there are keys for. */
export async function openLayeredStorage(
  cli: Cli,
  flags: RepositoryFlags,
  place: Omit<Place, 'passwordFile'>,
): Promise<LayeredPlace> {
  const base = await openStorage(place.location, storageOptions(cli, flags, place));
  try {
    const folder = keyFolder(cli, flags, { location: base.location, layerKeys: place.layerKeys });
    const keys = await layerKeys(cli, passphraseFlags(cli, flags, place), folder);
    const inside = await openLayers(base, keys, cli.signal);
    const given = keys.age === undefined ? undefined : await givenRecipients(cli, flags);
    return { base, storage: await forOwnRecipientsOnly(inside, given, folder), keys, folder };
  } catch (error) {
    await base.close();
    throw error;
  }
}

const passphraseFlags = (
  { env }: Cli,
  flags: RepositoryFlags,
  { agePassphraseFile }: Pick<Place, 'agePassphraseFile'>,
): RepositoryFlags =>
  agePassphraseFile === undefined || env.agePassphraseFile !== undefined
    ? flags
    : { agePassphraseFile, ...flags };
