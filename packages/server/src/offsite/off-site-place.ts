import {
  BandwidthSchedule,
  forPresentRecipients,
  foundLayers,
  KeyFolder,
  openLayers,
  openStorage,
  type Storage,
  StorageError,
} from '@octobox/storage';
import { type OffSiteSettings, storedLayerKeys } from '../platform/index.ts';
import { readEnvironmentFile } from './environment-file.ts';

/** The storage of an off-site repository inside its layers, whose keys are a folder of their own. */
export class OffSitePlace {
  readonly #settings: OffSiteSettings;
  readonly #folder: KeyFolder;

  constructor(settings: OffSiteSettings) {
    this.#settings = settings;
    this.#folder = new KeyFolder(settings.layerKeys);
  }

  /** Throws `LayerMismatchError` when the repository lies in other layers than there are keys for. */
  async open(signal?: AbortSignal): Promise<Storage> {
    const base = await this.#openBase();
    try {
      const keys = await storedLayerKeys(this.#settings);
      const storage = await openLayers(base, keys, signal);
      return keys.age === undefined
        ? storage
        : forPresentRecipients(storage, this.#folder, keys.age.recipients);
    } catch (error) {
      // Of a place that was not even made there are no layers to be found.
      await base.close();
      throw this.#withFile(error);
    }
  }

  /** Makes the keys of a place that is new, unless the configuration says that it has no layers. */
  async prepare(signal?: AbortSignal): Promise<void> {
    const base = await this.#openBase();
    try {
      if (this.#settings.layers === 'none' || (await isUsed(base, signal))) return;
      await this.#folder.create({ location: base.location, layers: ['crypt', 'age'] });
    } catch (error) {
      throw this.#withFile(error);
    } finally {
      await base.close();
    }
  }

  /** As its storage tells it, without credentials; touches nothing there. */
  async location(): Promise<string> {
    const base = await this.#openBase();
    await base.close();
    return base.location;
  }

  /** Names the file that refused credentials come from. */
  #withFile(error: unknown): unknown {
    const { name, environmentFile } = this.#settings;
    if (environmentFile === undefined) return error;
    if (!(error instanceof StorageError) || error.code !== 'storage.credentials') return error;
    return new StorageError(error.code, error.message, {
      cause: error,
      temporary: error.temporary,
      advice: [error.advice, `Those of ${name} come from ${environmentFile}.`].join('\n').trim(),
    });
  }

  async #openBase(): Promise<Storage> {
    const { location, environment, environmentFile, options, certificateFile } = this.#settings;
    const { limitUpload, limitDownload } = this.#settings;
    return await openStorage(location, {
      environment:
        environmentFile === undefined
          ? environment
          : { ...environment, ...(await readEnvironmentFile(environmentFile)) },
      options,
      certificateFile,
      limits: { upload: rateOf(limitUpload), download: rateOf(limitDownload) },
    }).catch((error: unknown) => {
      throw this.#withFile(error);
    });
  }
}

async function isUsed(base: Storage, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await foundLayers(base, signal)).length > 0;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'storage.missing') return false;
    throw error;
  }
}

function rateOf(text: string | undefined): (() => number | undefined) | undefined {
  if (text === undefined) return undefined;
  const schedule = BandwidthSchedule.parse(text);
  return () => schedule.at(new Date());
}
