import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '@octobox/storage';
import { StorageError } from '@octobox/storage/errors';
import { StorageMetrics } from '@octobox/storage/metrics';
import { foundLayers, openStorage } from '@octobox/storage/open';
import { openLayeredStorage } from '../access/layered-storage.ts';
import { type NewPlace, openNewPlace } from '../access/new-layers.ts';
import { storageOptions } from '../access/storage-options.ts';
import type { Cli } from '../verb.ts';
import type { MirrorFlags } from './mirror-flags.ts';

export interface MirrorPlace {
  /** Inside its layers; as long as nothing is there, what it will lie in. */
  readonly storage: Storage;
  readonly metrics: StorageMetrics;
  /** Nothing is there yet. */
  readonly isNew: boolean;
  /** Makes the keys of the layers that a new mirror is to lie in. Only where `isNew`. */
  make(): Promise<NewPlace>;
}

/** The place of a mirror. It has layers of its own: what is said of those of the source does not hold for it. */
export async function openMirrorPlace(cli: Cli, to: string, flags: MirrorFlags): Promise<MirrorPlace> {
  const { layers: _, layerKeys: __, ...others } = flags;
  const own: MirrorFlags = {
    ...others,
    ...(flags.toLayers === undefined ? {} : { layers: flags.toLayers }),
    ...(flags.toLayerKeys === undefined ? {} : { layerKeys: flags.toLayerKeys }),
  };
  const there: Cli = { ...cli, env: { ...cli.env, layers: undefined, layerKeys: undefined } };
  const looking = new StorageMetrics();
  const base = await openStorage(to, { ...storageOptions(cli, flags), metrics: looking });
  const isNew = (await layersAt(base, cli.signal)).length === 0;
  if (isNew) {
    return { storage: base, metrics: looking, isNew, make: () => openNewPlace(there, own, to, looking) };
  }
  await base.close();
  const { storage, metrics } = await openLayeredStorage(there, own, { location: to, layerKeys: undefined });
  return { storage, metrics, isNew, make: () => Promise.reject(new TypeError('there is a mirror already')) };
}

/** Of a place that was not even made yet: none. */
async function layersAt(storage: Storage, signal: AbortSignal): Promise<unknown[]> {
  try {
    return await foundLayers(storage, signal);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'storage.missing') return [];
    throw error;
  }
}

/**
 * Where this user's memory of one mirror is. On this machine, and not beside the source: who can write there only
 * must not be able to hurry a removal.
 */
export function recordPath({ env }: Pick<Cli, 'env'>, repository: string, mirror: Storage): string {
  const home = env.all.HOME === undefined || env.all.HOME === '' ? homedir() : env.all.HOME;
  const state = env.all.XDG_STATE_HOME;
  const root = state === undefined || state === '' ? join(home, '.local', 'state') : state;
  const place = createHash('sha256').update(mirror.location).digest('hex').slice(0, 16);
  return join(root, 'octobox', 'mirror', `${repository.slice(0, 16)}-${place}`);
}
