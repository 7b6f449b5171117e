/** Key files in a storage: finding the one that a password opens, and adding one. */
import { hostname, userInfo } from 'node:os';
import type { Storage } from '@octobox/storage';
import { DamagedFileError, FormatError, UnauthenticatedError, WrongPasswordError } from '../../errors.ts';
import { formatGoDate } from '../../format/go/go-time.ts';
import {
  decodeKeyFile,
  encodeKeyFile,
  type KdfParameters,
  lockMasterKey,
  unlockMasterKey,
} from '../../format/key-file.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import type { ScryptOptions } from '../../scrypt/scrypt.ts';
import { readFile, writeFile } from '../stored-file.ts';

/** restic looks at no more either: whoever can write key files must not be able to cost hours. */
const MAX_TRIED = 20;

export interface OpenedKey {
  readonly key: MasterKey;
  /** the key file's name */
  readonly name: string;
}

/** Empty for a user without a name, as in some containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** Whom a key is for, as it is listed; this machine and its user when absent. */
export interface KeyOwner {
  readonly username?: string | undefined;
  readonly hostname?: string | undefined;
}

/** Writes a key file that opens `key` with `password`; gives its name. */
export async function addKey(
  storage: Storage,
  key: MasterKey,
  password: string,
  kdf?: KdfParameters,
  { username = userName(), hostname: host = hostname() }: KeyOwner = {},
): Promise<string> {
  const owner = { created: formatGoDate(new Date()), username, hostname: host };
  return writeFile(storage, 'key', encodeKeyFile(await lockMasterKey(key, password, owner, kdf)));
}

export interface FindKeyOptions extends ScryptOptions {
  readonly signal?: AbortSignal | undefined;
  /** A key file, or the beginning of its name, that is tried before the others. */
  readonly hint?: string | undefined;
}

/**
 * Tries the password on every key file. A damaged key file does not lock out those with another one: it is
 * told only when no key opens.
 */
export async function findKey(
  storage: Storage,
  password: string,
  { signal, hint, here }: FindKeyOptions = {},
): Promise<OpenedKey> {
  let damage: DamagedFileError | undefined;
  let tried = 0;
  for await (const name of hintedFirst(storage, hint, signal)) {
    if (tried === MAX_TRIED) break;
    tried++;
    try {
      return { key: await openKey(storage, name, password, { signal, here }), name };
    } catch (error) {
      if (error instanceof DamagedFileError) damage ??= error;
      else if (!(error instanceof UnauthenticatedError)) throw error;
    }
  }
  if (damage !== undefined) throw damage;
  throw new WrongPasswordError(storage.location, tried);
}

/** Names of key files. Without a hint none has to be waited for before the first can be tried. */
async function* hintedFirst(
  storage: Storage,
  hint: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, void> {
  if (hint === undefined) {
    for await (const { name } of storage.list('key', { signal })) yield name;
    return;
  }
  const isMeant = (name: string): boolean => name.startsWith(hint.toLowerCase());
  const names = (await Array.fromAsync(storage.list('key', { signal }))).map(({ name }) => name);
  yield* names.filter(isMeant);
  yield* names.filter((name) => !isMeant(name));
}

/** Throws `UnauthenticatedError` for a wrong password, `DamagedFileError` for a file that cannot be a key. */
async function openKey(
  storage: Storage,
  name: string,
  password: string,
  { signal, here }: Omit<FindKeyOptions, 'hint'>,
): Promise<MasterKey> {
  const file = { kind: 'key', name } as const;
  const bytes = await readFile(storage, file, { signal });
  try {
    return await unlockMasterKey(decodeKeyFile(bytes), password, { here });
  } catch (cause) {
    if (cause instanceof FormatError) throw new DamagedFileError(file, cause.message, { cause });
    throw cause;
  }
}
