import { RepositoryExistsError } from '@octobox/repository/errors';
import type { LayerName, Storage, StorageMetrics } from '@octobox/storage';
import { formatRecipients, type KeyFolder } from '@octobox/storage/keyring';
import { withLayers, type X25519Recipient } from '@octobox/storage/layers';
import { foundLayers, openStorage } from '@octobox/storage/open';
import { UsageError } from '../errors.ts';
import type { RepositoryFlags } from '../options/global-options.ts';
import type { Cli } from '../verb.ts';
import { type FoundKeys, givenRecipients, keyFolder, layerKeys, wantedLayers } from './layer-keys.ts';
import { storageOptions } from './storage-options.ts';

export interface NewPlace {
  readonly storage: Storage;
  readonly keys: FoundKeys;
  readonly folder: KeyFolder;
  /** Whether the keys were made just now. */
  readonly madeKeys: boolean;
}

/** Local disks stay under their owner's hand; whatever is elsewhere gets all layers unless somebody says no. */
const isElsewhere = (location: string): boolean =>
  /^[a-z][a-z0-9+.-]*:/i.test(location) && !/^(?:local|memory):/i.test(location);

/**
 * The place of a repository that is about to be made, inside its layers. Keys that nobody gave are made, after a
 * look that there is no repository yet; a key folder that exists is used as it is.
 */
export async function openNewPlace(
  cli: Cli,
  flags: RepositoryFlags,
  location: string,
  metrics?: StorageMetrics,
): Promise<NewPlace> {
  const base = await openStorage(location, { ...storageOptions(cli, flags), ...(metrics && { metrics }) });
  try {
    const [existing] = await foundLayers(base, cli.signal);
    if (existing !== undefined) throw new RepositoryExistsError(base.location, 'a config file');
    const folder = keyFolder(cli, flags, { location: base.location });
    const wanted =
      wantedLayers(cli, flags) ?? (isElsewhere(location) ? (['crypt', 'age'] as const) : undefined);
    const missing = (wanted ?? []).filter((layer) => !isGiven(cli, flags, layer));
    const recipients = await givenRecipients(cli, flags);
    const madeKeys =
      missing.length > 0 && (await folder.create({ location: base.location, layers: missing, recipients }));
    // The folder holds the recipients that were given, and beside them the drill identity's.
    const { ageRecipient: _, ageRecipientsFile: __, ...others } = flags;
    const known = madeKeys && missing.includes('age') ? { ...others, ageRecipient: [] } : flags;
    const environment = { ...cli.env, ...(known === flags ? {} : { ageRecipientsFile: undefined }) };
    const keys = await layerKeys(
      { ...cli, env: environment },
      { ...known, ...(wanted && { layers: nameOf(wanted) }) },
      folder,
    );
    if (keys.age && recipients !== undefined && known === flags)
      await keepRecipients(folder, base.location, recipients);
    return { storage: await withLayers(base, keys), keys, folder, madeKeys };
  } catch (error) {
    await base.close();
    throw error;
  }
}

/**
 * Keeps the recipients that were given with an identity: whoever names only the identity from then on still writes
 * for all of them.
 */
async function keepRecipients(
  folder: KeyFolder,
  location: string,
  recipients: readonly X25519Recipient[],
): Promise<void> {
  if (await folder.create({ location, layers: [], recipients })) return;
  const kept = await folder.recipients();
  if (kept === undefined) return folder.write('age-recipients', formatRecipients(recipients));
  const sorted = (list: readonly X25519Recipient[]): string => list.map(String).sort().join();
  if (sorted(kept) === sorted(recipients)) return;
  throw new UsageError(`${folder.file('age-recipients')} names other recipients than those that are given`, {
    advice: 'Give none to use those of the folder, or name another folder with --layer-keys.',
  });
}

const isGiven = ({ env }: Cli, flags: RepositoryFlags, layer: LayerName): boolean =>
  layer === 'crypt'
    ? (flags.cryptPasswordFile ?? env.cryptPasswordFile) !== undefined
    : (flags.ageIdentityFile ?? env.ageIdentityFile) !== undefined;

const nameOf = (layers: readonly LayerName[]): string =>
  layers.length === 2 ? 'all' : (layers[0] ?? 'none');
