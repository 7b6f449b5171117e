import { readFile } from 'node:fs/promises';
import {
  BandwidthSchedule,
  foundLayers,
  KeyFolder,
  openLayers,
  openStorage,
  type Storage,
  StorageError,
} from '@octobox/storage';
import { ConfigError, type OffSiteSettings } from '../platform/index.ts';

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
      const keys = (await this.#folder.exists()) ? await this.#folder.layerKeys() : {};
      return await openLayers(base, keys, signal);
    } catch (error) {
      // Of a place that was not even made there are no layers to be found.
      await base.close();
      throw error;
    }
  }

  /** Makes the keys of a place that is new, unless the configuration says that it has no layers. */
  async prepare(signal?: AbortSignal): Promise<void> {
    const base = await this.#openBase();
    try {
      if (this.#settings.layers === 'none' || (await isUsed(base, signal))) return;
      await this.#folder.create({ location: base.location, layers: ['crypt', 'age'] });
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

  async #openBase(): Promise<Storage> {
    const { location, environment, environmentFile, options, certificateFile } = this.#settings;
    const { limitUpload, limitDownload } = this.#settings;
    return openStorage(location, {
      environment:
        environmentFile === undefined
          ? environment
          : { ...environment, ...(await readEnvironmentFile(environmentFile)) },
      options,
      certificateFile,
      limits: { upload: rateOf(limitUpload), download: rateOf(limitDownload) },
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

/** Credentials as `NAME=value`, one a line; read at each use, so that they can be changed. */
async function readEnvironmentFile(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError({ file }, `cannot be read: ${(cause as Error).message}`, {
      cause,
      advice: 'Name a file that exists and that this user may read (mode 0600).',
    });
  });
  const variables: Record<string, string> = {};
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new ConfigError({ file, line: at + 1, column: 1 }, 'expected NAME=value', {
        advice: 'Write one variable a line, as in AWS_ACCESS_KEY_ID=…',
      });
    }
    variables[name] = /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
  }
  return variables;
}
