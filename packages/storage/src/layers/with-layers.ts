import { hash } from 'node:crypto';
import type { Storage } from '../storage.ts';
import { type AgeKeys, ageFormat } from './age/age-format.ts';
import { cryptFormat } from './crypt/crypt-format.ts';
import { type CryptPassword, deriveCryptKey } from './crypt/crypt-key.ts';
import { LayeredStorage } from './layered-storage.ts';

export interface CryptKeys extends CryptPassword {
  /** Passwords that open files as well, while a new one is being introduced. Nothing is written with them. */
  readonly earlier?: readonly CryptPassword[] | undefined;
}

/** The keys of the outer layers; a layer without keys is not there. */
export interface LayerKeys {
  readonly crypt?: CryptKeys | undefined;
  readonly age?: AgeKeys | undefined;
}

/** rclone's crypt format around every file. */
export async function withCrypt(storage: Storage, keys: CryptKeys): Promise<Storage> {
  const [key, ...earlier] = await Promise.all([keys, ...(keys.earlier ?? [])].map(derivedOnce));
  if (key === undefined) throw new TypeError('no key');
  return new LayeredStorage(storage, cryptFormat([key, ...earlier]));
}

/** age v1 around every file. Without identities it only writes, without recipients it only reads. */
export function withAge(storage: Storage, keys: AgeKeys): Storage {
  return new LayeredStorage(storage, ageFormat(keys));
}

/** The layers that have keys, in their order: restic's bytes in crypt, and that in age. */
export async function withLayers(storage: Storage, keys: LayerKeys): Promise<Storage> {
  const aged = keys.age === undefined ? storage : withAge(storage, keys.age);
  return keys.crypt === undefined ? aged : withCrypt(aged, keys.crypt);
}

/** Who opens a repository again and again with the same password pays for its derivation once. */
const derived = new Map<string, Promise<Buffer>>();
const REMEMBERED = 16;

function derivedOnce(password: CryptPassword): Promise<Buffer> {
  const id = hash('sha256', JSON.stringify([password.password, password.salt ?? '']));
  const known = derived.get(id);
  if (known !== undefined) return known;
  const deriving = deriveCryptKey(password);
  if (derived.size >= REMEMBERED) derived.clear();
  derived.set(id, deriving);
  return deriving;
}

/** Sixteen digits by which people compare keys of crypt; they tell nothing about the password. */
export const cryptFingerprint = async (password: CryptPassword): Promise<string> =>
  hash(
    'sha256',
    Buffer.concat([Buffer.from('octobox crypt fingerprint'), await derivedOnce(password)]),
  ).slice(0, 16);
