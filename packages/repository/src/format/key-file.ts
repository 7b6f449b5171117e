/**
 * Key files (restic design, "Keys, Encryption and MAC"): plain JSON that holds the master key sealed with a key
 * derived from a password. scrypt gives 64 bytes: AES-256 key (32), Poly1305-AES k (16) and r (16).
 */
import { randomBytes } from 'node:crypto';
import { FormatError } from '../errors.ts';
import { type ScryptOptions, type ScryptParameters, scrypt } from '../scrypt/scrypt.ts';
import { asObject, base64, count, optionalString, parseObject, string } from './json/json-fields.ts';
import { checkMasterKey, type MasterKey, open, seal } from './sealing/crypto.ts';

export type KdfParameters = ScryptParameters;

/** 32 MiB and about half a second: what restic's own measurement arrives at on usual machines. */
export const DEFAULT_KDF: KdfParameters = { N: 32768, r: 8, p: 5 };

const SALT = 64;
const MEMORY_LIMIT = 1024 ** 3;
const WORK_LIMIT = 2 ** 32;

export interface KeyFile {
  readonly created: string;
  readonly username: string;
  readonly hostname: string;
  readonly kdf: KdfParameters;
  readonly salt: Buffer;
  /** the sealed master key */
  readonly data: Buffer;
}

export function decodeKeyFile(bytes: Uint8Array): KeyFile {
  const object = parseObject(bytes);
  const name = string(object, 'kdf');
  if (name !== 'scrypt') throw new FormatError(`the key derivation ${JSON.stringify(name)} is not known`);
  const kdf = { N: count(object, 'N'), r: count(object, 'r'), p: count(object, 'p') };
  checkKdf(kdf);
  const salt = base64(object, 'salt');
  if (salt.length !== SALT) throw new FormatError(`the salt is ${salt.length} bytes long, not ${SALT}`);
  return {
    created: optionalString(object, 'created') ?? '',
    username: optionalString(object, 'username') ?? '',
    hostname: optionalString(object, 'hostname') ?? '',
    kdf,
    salt,
    data: base64(object, 'data'),
  };
}

export function encodeKeyFile(file: KeyFile): Buffer {
  return Buffer.from(
    JSON.stringify({
      created: file.created,
      username: file.username,
      hostname: file.hostname,
      kdf: 'scrypt',
      N: file.kdf.N,
      r: file.kdf.r,
      p: file.kdf.p,
      salt: file.salt.toString('base64'),
      data: file.data.toString('base64'),
    }),
  );
}

/** Seals a master key with a password. */
export async function lockMasterKey(
  key: MasterKey,
  password: string,
  owner: { readonly username: string; readonly hostname: string; readonly created: string },
  kdf: KdfParameters = DEFAULT_KDF,
): Promise<KeyFile> {
  checkKdf(kdf);
  const salt = randomBytes(SALT);
  const plain = JSON.stringify({
    mac: { k: Buffer.from(key.macK).toString('base64'), r: Buffer.from(key.macR).toString('base64') },
    encrypt: Buffer.from(key.encrypt).toString('base64'),
  });
  return { ...owner, kdf, salt, data: seal(await derive(password, salt, kdf), Buffer.from(plain)) };
}

/** Throws `UnauthenticatedError` for a wrong password and `FormatError` for a damaged file. */
export async function unlockMasterKey(
  file: KeyFile,
  password: string,
  options?: ScryptOptions,
): Promise<MasterKey> {
  const object = parseObject(open(await derive(password, file.salt, file.kdf, options), file.data));
  const mac = asObject(object.mac, 'mac');
  const key = { encrypt: base64(object, 'encrypt'), macK: base64(mac, 'k'), macR: base64(mac, 'r') };
  checkMasterKey(key);
  return key;
}

/** Whoever can write to the storage chooses these numbers, so they must not cost all memory or all time. */
function checkKdf({ N, r, p }: KdfParameters): void {
  const valid = N > 1 && Number.isInteger(Math.log2(N)) && r > 0 && p > 0 && r * p < 2 ** 30;
  if (!valid) throw new FormatError(`the scrypt parameters N=${N}, r=${r}, p=${p} are not valid`);
  if (128 * N * r > MEMORY_LIMIT || 128 * N * r * p > WORK_LIMIT) {
    throw new FormatError(`the scrypt parameters N=${N}, r=${r}, p=${p} need more than this program allows`);
  }
}

async function derive(
  password: string,
  salt: Buffer,
  kdf: KdfParameters,
  options?: ScryptOptions,
): Promise<MasterKey> {
  const key = await scrypt(password, salt, 64, kdf, options);
  return { encrypt: key.subarray(0, 32), macK: key.subarray(32, 48), macR: key.subarray(48, 64) };
}
