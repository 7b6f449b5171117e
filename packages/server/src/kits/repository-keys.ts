import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type KitRecord,
  keyFileNames,
  layerFingerprints,
  layerNames,
  type PresentKeys,
  passwordFingerprint,
} from '@octobox/recovery-kit/record';
import { openStorage, type StoredLayerKeys } from '@octobox/storage';
import { OffSitePlace } from '../offsite/index.ts';
import { type Config, type OffSiteSettings, storedLayerKeys } from '../platform/index.ts';
import { isSame, kitRecordFile, primaryLocation } from './kit-files.ts';
import type { RepositoryKeys } from './look-at-kit.ts';

type Fingerprints = Readonly<Record<string, string>>;

/** Of the primary repository: whose passwords open it is read from the repository itself. */
export class PrimaryKeys implements RepositoryKeys {
  readonly repository = undefined;
  readonly recordFile: string;
  readonly #config: Config;
  readonly #remembered = new Remembered();

  constructor(config: Config) {
    this.#config = config;
    this.recordFile = kitRecordFile(config.dataFolder);
  }

  async isAt(location: string): Promise<boolean> {
    return isSame(await primaryLocation(this.#config), location);
  }

  async present({ set }: KitRecord): Promise<PresentKeys> {
    const { location, environment, options, certificateFile } = this.#config.repository;
    const keys = await storedLayerKeys(this.#config.repository);
    const base = await openStorage(location, { environment, options, certificateFile });
    try {
      return {
        layers: layerNames(keys),
        fingerprints: this.#remembered.fingerprints([set, ...secretsOf(keys)], () =>
          layerFingerprints(keys, set),
        ),
        keyFiles: await keyFileNames(base),
      };
    } finally {
      await base.close();
    }
  }
}

/**
 * Of a copy: it has the passwords of the primary repository, and keeps those that are gone there for a while, so the
 * password itself is compared. Nothing is asked over the network.
 */
export class OffSiteKeys implements RepositoryKeys {
  readonly repository: string;
  readonly recordFile: string;
  readonly #passwordFile: string;
  readonly #settings: OffSiteSettings;
  readonly #remembered = new Remembered();

  constructor({ dataFolder, repository }: Config, settings: OffSiteSettings) {
    this.repository = settings.name;
    this.recordFile = kitRecordFile(dataFolder, settings.name);
    this.#passwordFile = repository.passwordFile;
    this.#settings = settings;
  }

  async isAt(location: string): Promise<boolean> {
    return isSame(await new OffSitePlace(this.#settings).location(), location);
  }

  async present({ set }: KitRecord): Promise<PresentKeys> {
    const keys = await storedLayerKeys(this.#settings);
    const password = (await readFile(this.#passwordFile, 'utf8')).replace(/[\r\n]+$/, '');
    return {
      layers: layerNames(keys),
      fingerprints: this.#remembered.fingerprints([set, password, ...secretsOf(keys)], () => ({
        ...passwordFingerprint(password, set),
        ...layerFingerprints(keys, set),
      })),
      keyFiles: undefined,
    };
  }
}

const secretsOf = ({ crypt, age }: StoredLayerKeys): string[] => [
  crypt?.password ?? '',
  crypt?.salt ?? '',
  ...(age?.recipients ?? []).map(String),
];

/** Fingerprints are slow on purpose; they are made again only when what they stand for is another. */
class Remembered {
  #last: { readonly of: string; readonly fingerprints: Fingerprints } | undefined;

  fingerprints(secrets: readonly string[], make: () => Fingerprints): Fingerprints {
    const of = hash('sha256', JSON.stringify(secrets));
    if (this.#last?.of !== of) this.#last = { of, fingerprints: make() };
    return this.#last.fingerprints;
  }
}
