import { describeFile, ShortReadError, StorageError } from '../errors.ts';
import type { StoredFile } from '../storage.ts';

export type LayerName = 'crypt' | 'age';

/** How a layer is called in messages. */
export const layerTitles: Readonly<Record<LayerName, string>> = {
  crypt: 'the crypt layer (rclone)',
  age: 'the age layer',
};

/** A file without the layer that every file of this repository has: somebody removed it, or put a file beside. */
export class LayerMissingError extends StorageError {
  readonly layer: LayerName;
  readonly file: StoredFile;
  constructor(layer: LayerName, file: StoredFile, location: string, found: string) {
    super(
      'storage.layer-missing',
      `${describeFile(file)} in ${location} is not in ${layerTitles[layer]}: ${found}`,
      {
        advice:
          'Somebody removed the layer or put a file there by hand: find out who, and restore the file from a copy.',
      },
    );
    this.layer = layer;
    this.file = file;
  }
}

/** Bytes of a layer that were changed, cut off, or put in another order. */
export class LayerDamagedError extends StorageError {
  readonly layer: LayerName;
  readonly file: StoredFile;
  constructor(
    layer: LayerName,
    file: StoredFile,
    location: string,
    problem: string,
    options: { cause?: unknown } = {},
  ) {
    super('storage.layer-damaged', `${describeFile(file)} in ${location} is damaged: ${problem}`, {
      ...options,
      advice: 'Run check to see what is affected, and restore the file from a copy of the repository.',
    });
    this.layer = layer;
    this.file = file;
  }
}

/** Whether a read failed because of the stored bytes, so that other files and other parts may well be sound. */
export const isDamage = (error: unknown): error is StorageError =>
  error instanceof ShortReadError || error instanceof LayerDamagedError || error instanceof LayerMissingError;

/** The keys at hand do not open a layer. */
export class LayerKeyError extends StorageError {
  readonly layer: LayerName;
  constructor(
    layer: LayerName,
    location: string,
    problem: string,
    options: { cause?: unknown; advice?: string } = {},
  ) {
    super('storage.layer-key', `${layerTitles[layer]} of ${location} cannot be opened: ${problem}`, {
      cause: options.cause,
      advice:
        options.advice ??
        'Give the key of this repository; `octobox layers status` shows which ones are known.',
    });
    this.layer = layer;
  }
}

/** The passphrase at hand does not open an identity file. */
export class PassphraseError extends StorageError {
  constructor(identityFile: string, options: { cause?: unknown } = {}) {
    super('storage.layer-key', `the passphrase does not open the identity file ${identityFile}`, {
      ...options,
      advice: 'Check the passphrase.',
    });
  }
}

/** A repository got other keys after it was opened here. */
export class LayerKeysChangedError extends StorageError {
  constructor(location: string, options: { cause?: unknown } = {}) {
    super('storage.layer-keys-changed', `the encryption layers of ${location} got other keys meanwhile`, {
      ...options,
      advice: 'Run it again, with the present keys; nothing was done.',
    });
  }
}

/** What is given as a key is none, or must not be used as one. Never tells the key. */
export class LayerConfigurationError extends StorageError {
  constructor(message: string, options: { cause?: unknown; advice?: string } = {}) {
    super('storage.layer-configuration', message, options);
  }
}

/** A repository lies in other layers than it is opened with. */
export class LayerMismatchError extends StorageError {
  readonly expected: readonly LayerName[];
  /** One for every config file that is there. */
  readonly found: readonly (readonly LayerName[])[];
  constructor(location: string, expected: readonly LayerName[], found: readonly (readonly LayerName[])[]) {
    super('storage.layer-mismatch', ...mismatch(location, expected, found));
    this.expected = expected;
    this.found = found;
  }
}

const titles = (layers: readonly LayerName[]): string =>
  layers.map((layer) => layerTitles[layer]).join(' and ') || 'no layer';

function mismatch(
  location: string,
  expected: readonly LayerName[],
  found: readonly (readonly LayerName[])[],
): [string, { advice: string }] {
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    return [
      `${location} has ${found.length} config files: one each in ${found.map(titles).join(', and in ')}`,
      {
        advice: 'Somebody put one there: find out who, and take away the one that is not of this repository.',
      },
    ];
  }
  const lacking = only.filter((layer) => !expected.includes(layer));
  const removed = expected.filter((layer) => !only.includes(layer));
  const parts = [
    ...(lacking.length > 0 ? [`it lies in ${titles(lacking)}, and no key for that is given`] : []),
    ...(removed.length > 0
      ? [`it does not lie in ${titles(removed)}, although keys for that are given`]
      : []),
  ];
  return [
    `the repository at ${location} cannot be opened: ${parts.join('; ')}`,
    {
      advice:
        lacking.length > 0
          ? 'Give the keys of its layers: --layer-keys with their folder, which the keyring keeps by the location of the repository; or --crypt-password-file and --age-identity-file.'
          : 'If it never had the layer, say so with --layers; if it had, somebody made another repository there.',
    },
  ];
}
