import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { keyUnusable } from './errors.ts';
import { type PublicKey, publicKeyFrom } from './public-key.ts';

/**
 * Undefined when there is no such file.
 * @throws VaultError `server.vault-key-unusable`
 */
export async function readPublicKey(path: string): Promise<PublicKey | undefined> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES' || code === 'EPERM') throw keyUnusable(path, 'this user may not read it');
    throw error;
  }
  let key: PublicKey | string;
  try {
    // A private key in the file of the public one would be taken by Node as well.
    key = pem.includes('PRIVATE')
      ? 'it holds a private key'
      : publicKeyFrom(createPublicKey({ key: pem, format: 'pem', type: 'spki' }));
  } catch {
    key = 'it is no public key';
  }
  if (typeof key === 'string') throw keyUnusable(path, key);
  return key;
}
