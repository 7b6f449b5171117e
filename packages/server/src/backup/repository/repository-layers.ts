import {
  forPresentRecipients,
  foundLayers,
  KeyFolder,
  openLayers,
  openStorage,
  type Storage,
  type StorageMetrics,
  type StoredLayerKeys,
  suffixOf,
} from '@octobox/storage';
import { type Config, storedLayerKeys } from '../../platform/index.ts';

export interface OpenLayersOptions {
  readonly signal?: AbortSignal | undefined;
  /** Counts what is asked of the place. */
  readonly metrics?: StorageMetrics | undefined;
}

type Settings = Config['repository'];

/** The encryption layers around the platform's repository, with their keys in a folder of the platform. */
export class RepositoryLayers {
  readonly #settings: Settings;
  readonly #folder: KeyFolder;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#folder = new KeyFolder(settings.layerKeys);
  }

  /** The storage inside its layers. Throws `LayerMismatchError` when the repository lies in others. */
  async open({ signal, metrics }: OpenLayersOptions = {}): Promise<Storage> {
    const base = await this.#openBase(metrics);
    try {
      const keys = await this.keys();
      const storage = await openLayers(base, keys, signal);
      return keys.age === undefined
        ? storage
        : forPresentRecipients(storage, this.#folder, keys.age.recipients);
    } catch (error) {
      await base.close();
      throw error;
    }
  }

  /** The place itself, and what the layers append to the names of its files there. */
  async openBeneath(): Promise<{ readonly storage: Storage; readonly suffix: string }> {
    const suffix = suffixOf(await this.keys());
    return { storage: await this.#openBase(), suffix };
  }

  /** Makes the keys of a repository that does not exist yet, unless the settings say that it has no layers. */
  async prepareNew(): Promise<void> {
    if (this.#settings.layers === 'none') return;
    const base = await this.#openBase();
    try {
      if ((await foundLayers(base)).length > 0) return;
      await this.#folder.create({ location: base.location, layers: ['crypt', 'age'] });
    } finally {
      await base.close();
    }
  }

  /** Empty for a repository without layers. Read each time: keys may be changed while the platform runs. */
  async keys(): Promise<StoredLayerKeys> {
    return storedLayerKeys(this.#settings);
  }

  #openBase(metrics?: StorageMetrics): Promise<Storage> {
    const { location, environment, options, certificateFile } = this.#settings;
    return openStorage(location, {
      environment,
      options,
      certificateFile,
      ...(metrics === undefined ? {} : { metrics }),
    });
  }
}
