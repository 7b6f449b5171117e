/**
 * The keys of a repository's outer layers, as files in one folder that is open to its owner alone (0700, files
 * 0600). Each file is meant for one custodian, and none needs another one:
 *
 *   repository          where the repository is; for people
 *   crypt-key           password of the crypt layer, and on a second line its salt
 *   earlier-crypt-key   the one before, while files are being encrypted anew
 *   age-recipients      who can read: one age1… a line, as `age -R` takes it
 *   drill-identity      the age identity that this machine reads with, as `age -i` takes it
 *   recovery-identity   that of the recovery officer: to be taken away from this machine
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { X25519Identity, X25519Recipient } from '../layers/age/x25519.ts';
import type { CryptPassword } from '../layers/crypt/crypt-key.ts';
import { LayerConfigurationError, type LayerName } from '../layers/layer-errors.ts';
import type { CryptKeys } from '../layers/with-layers.ts';
import { isErrno, syncFolder } from '../local-errors.ts';

export type KeyFileName =
  | 'repository'
  | 'crypt-key'
  | 'earlier-crypt-key'
  | 'age-recipients'
  | 'drill-identity'
  | 'recovery-identity';

/** Most commands only ask whether there is a folder: age is loaded for those that open it. */
const ageFiles = () => import('../layers/age/key-files.ts');

/** Asks for the passphrase of an identity file; called only when there is one. */
export type AskPassphrase = (file: string) => Promise<string>;

/** What a folder holds. Objects stay the same as long as the folder is open, so that keys are derived once. */
export interface FolderKeys {
  readonly crypt: CryptPassword | undefined;
  readonly earlierCrypt: CryptPassword | undefined;
  readonly age:
    | { readonly recipients: readonly X25519Recipient[]; readonly identities: readonly X25519Identity[] }
    | undefined;
  /** The recovery officer's identity still lies here. */
  readonly holdsRecovery: boolean;
}

/** As the layers take them, and with identities that can tell their recipient. */
export interface StoredLayerKeys {
  readonly crypt?: CryptKeys | undefined;
  readonly age?: FolderKeys['age'];
}

export interface NewKeys {
  readonly location: string;
  readonly layers: readonly LayerName[];
  /** Recipients that exist already, such as the recovery officer's; absent makes a recovery identity for `age`. */
  readonly recipients?: readonly X25519Recipient[] | undefined;
}

export class KeyFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  file(name: KeyFileName): string {
    return join(this.path, name);
  }

  async exists(): Promise<boolean> {
    try {
      return (await stat(this.path)).isDirectory();
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
      throw unreadable(this.path, error);
    }
  }

  /**
   * Makes the folder with fresh keys, all of it or nothing. Gives false when it is there already: that one is left
   * as it is.
   */
  async create({ location, layers, recipients }: NewKeys): Promise<boolean> {
    const files = new Map<KeyFileName, string>([['repository', `${location}\n`]]);
    if (layers.includes('crypt')) files.set('crypt-key', formatCryptKey(freshCryptKey()));
    if (layers.includes('age')) {
      const { X25519Identity } = await import('../layers/age/x25519.ts');
      const drill = X25519Identity.generate();
      const known = [...(recipients ?? [])];
      if (recipients === undefined) {
        const recovery = X25519Identity.generate();
        files.set('recovery-identity', formatIdentity('recovery officer: take this file off line', recovery));
        known.push(recovery.recipient);
      }
      files.set('drill-identity', formatIdentity('drill identity: this machine reads with it', drill));
      files.set('age-recipients', formatRecipients([...known, drill.recipient]));
    } else if (recipients !== undefined) {
      files.set('age-recipients', formatRecipients(recipients));
    }
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      const fresh = await mkdtemp(`${this.path}.new-`);
      try {
        for (const [name, text] of files) await writeSecret(join(fresh, name), text);
        await syncFolder(fresh);
        await rename(fresh, this.path);
      } catch (error) {
        await rm(fresh, { recursive: true, force: true });
        throw error;
      }
      await syncFolder(dirname(this.path));
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false;
      throw new LayerConfigurationError(`the keys cannot be written to ${this.path}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Throws `LayerConfigurationError` for what cannot be read or understood; never tells a secret. */
  async load(askPassphrase: AskPassphrase = refusePassphrase): Promise<FolderKeys> {
    const [crypt, earlier, recipients, drill, recovery] = await Promise.all([
      this.#read('crypt-key'),
      this.#read('earlier-crypt-key'),
      this.#read('age-recipients'),
      this.#read('drill-identity'),
      this.#read('recovery-identity'),
    ]);
    const { parseRecipients } = await ageFiles();
    const identities =
      drill === undefined ? [] : await readIdentities(drill, this.file('drill-identity'), askPassphrase);
    return {
      crypt: crypt && parseCryptKey(crypt.toString('utf8'), this.file('crypt-key')),
      earlierCrypt: earlier && parseCryptKey(earlier.toString('utf8'), this.file('earlier-crypt-key')),
      age:
        recipients === undefined && drill === undefined
          ? undefined
          : {
              recipients:
                recipients === undefined
                  ? identities.map(({ recipient }) => recipient)
                  : parseRecipients(recipients.toString('utf8'), this.file('age-recipients')),
              identities,
            },
      holdsRecovery: recovery !== undefined,
    };
  }

  /** What opens the repository. While files are being encrypted anew, the earlier key of crypt opens as well. */
  async layerKeys(askPassphrase?: AskPassphrase): Promise<StoredLayerKeys> {
    const { crypt, earlierCrypt, age } = await this.load(askPassphrase);
    return {
      crypt: crypt && (earlierCrypt === undefined ? crypt : { ...crypt, earlier: [earlierCrypt] }),
      age,
    };
  }

  /** Replaces a file at once, or makes it. */
  async write(name: KeyFileName, text: string): Promise<void> {
    const fresh = `${this.file(name)}.new-${randomBytes(6).toString('hex')}`;
    try {
      await writeSecret(fresh, text);
      await rename(fresh, this.file(name));
      await syncFolder(this.path);
    } catch (error) {
      await rm(fresh, { force: true });
      throw unreadable(this.file(name), error);
    }
  }

  async remove(name: KeyFileName): Promise<void> {
    await unlink(this.file(name)).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw unreadable(this.file(name), error);
    });
    await syncFolder(this.path);
  }

  /** Whether a file is there; needs no passphrase. */
  async holds(name: KeyFileName): Promise<boolean> {
    return (await this.#read(name)) !== undefined;
  }

  /** Those that are kept here; needs no passphrase. */
  async recipients(): Promise<X25519Recipient[] | undefined> {
    const file = await this.#read('age-recipients');
    return file && (await ageFiles()).parseRecipients(file.toString('utf8'), this.file('age-recipients'));
  }

  /** Files that others than the owner may read. */
  async openToOthers(): Promise<string[]> {
    const open: string[] = [];
    for (const name of await readdir(this.path))
      if (((await stat(join(this.path, name))).mode & 0o077) !== 0) open.push(join(this.path, name));
    return open;
  }

  async #read(name: KeyFileName): Promise<Buffer | undefined> {
    return readKeyFile(this.file(name)).catch((error: unknown) => {
      if (error instanceof LayerConfigurationError && isErrno(error.cause, 'ENOENT', 'ENOTDIR'))
        return undefined;
      throw error;
    });
  }
}

/** As age: a file of keys is not larger. */
export const LARGEST_KEY_FILE = 16 * 1024 * 1024;

/** A file with keys, bounded as age bounds it. Throws `LayerConfigurationError`. */
export async function readKeyFile(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_KEY_FILE) throw new Error('it is too large for a file of keys');
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Of an identity file in any of its forms. */
export async function readIdentities(
  bytes: Buffer,
  path: string,
  askPassphrase: AskPassphrase,
): Promise<X25519Identity[]> {
  const { isEncryptedIdentityFile, openIdentityFile, parseIdentities } = await ageFiles();
  if (!isEncryptedIdentityFile(bytes)) return parseIdentities(bytes.toString('utf8'), path);
  return openIdentityFile(bytes, path, await askPassphrase(path));
}

/** 256 bits each, in letters that need no quoting anywhere. */
export const freshCryptKey = (): CryptPassword => ({
  password: randomBytes(32).toString('base64url'),
  salt: randomBytes(32).toString('base64url'),
});

export const formatCryptKey = ({ password, salt = '' }: CryptPassword): string =>
  `${password}\n${salt === '' ? '' : `${salt}\n`}`;

/** First line the password, second line the salt, if any. */
export function parseCryptKey(text: string, path: string): CryptPassword {
  const [password = '', salt = '', ...rest] = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (password === '' || rest.some((line) => line !== '')) {
    throw new LayerConfigurationError(`${path} is no key of the crypt layer`, {
      advice: 'Its first line is the password, its second line the salt; there is no third one.',
    });
  }
  return salt === '' ? { password } : { password, salt };
}

export const formatRecipients = (recipients: readonly X25519Recipient[]): string =>
  recipients.map((recipient) => `${recipient}\n`).join('');

const formatIdentity = (comment: string, identity: X25519Identity): string =>
  `# ${comment}\n# public key: ${identity.recipient}\n${identity.exportSecret()}\n`;

async function writeSecret(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

const refusePassphrase: AskPassphrase = async (file) => {
  throw new LayerConfigurationError(`the identity file ${file} needs a passphrase`, {
    advice:
      'Name a file that holds it: --age-passphrase-file or OCTOBOX_AGE_PASSPHRASE_FILE, in octobox.yaml agePassphraseFile.',
  });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function unreadable(path: string, error: unknown): LayerConfigurationError {
  return new LayerConfigurationError(`the key file ${path} cannot be used: ${messageOf(error)}`, {
    cause: error,
    advice: 'Check that it is there and that this user may read it (mode 0600).',
  });
}
