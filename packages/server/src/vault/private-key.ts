import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { constants, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { octal } from '../platform/index.ts';
import { keyExposed, keyUnusable } from './errors.ts';
import { type PublicKey, publicKeyFrom } from './public-key.ts';

export interface PrivateKey {
  readonly key: KeyObject;
  readonly public: PublicKey;
}

/** Undefined when there is no such file. Every other reason not to use it is an error. */
export async function readPrivateKey(path: string): Promise<PrivateKey | undefined> {
  const pem = await readPrivate(path);
  if (pem === undefined) return undefined;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Its own error is not passed on: a parser may quote what it read.
    throw keyUnusable(path, 'it is no private key, or damaged, or under a passphrase');
  } finally {
    pem.fill(0);
  }
  const publicKey = publicKeyFrom(createPublicKey(key));
  if (typeof publicKey === 'string') throw keyUnusable(path, publicKey);
  return { key, public: publicKey };
}

async function readPrivate(path: string): Promise<Buffer | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      // Of the opened file, so that nobody exchanges it between the look and the reading.
      const found = await file.stat();
      if (!found.isFile()) throw keyUnusable(path, 'it is no file');
      if ((found.mode & 0o077) !== 0) throw keyExposed(path, octal(found.mode));
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw keyUnusable(path, 'it is a symbolic link');
    if (code === 'EACCES' || code === 'EPERM') throw keyUnusable(path, 'this user may not read it');
    throw error;
  }
}

const generate = promisify(generateKeyPair);

/** A new pair, in memory alone. */
export async function makeKeyPair(bits: number): Promise<PrivateKey> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: bits, publicExponent: 0x10001 });
  const seen = publicKeyFrom(publicKey);
  if (typeof seen === 'string') throw new Error(seen);
  return { key: privateKey, public: seen };
}

export const privatePem = ({ key }: PrivateKey): string =>
  key.export({ type: 'pkcs8', format: 'pem' }) as string;

export const publicPem = ({ key }: PublicKey): string =>
  key.export({ type: 'spki', format: 'pem' }) as string;
