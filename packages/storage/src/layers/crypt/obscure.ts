/**
 * Passwords as rclone keeps them in its configuration (rclone `fs/config/obscure`): 16 random bytes and the
 * password by AES-256-CTR under a key that everybody knows, in base64 for URLs. It hides a password from a
 * glance, and from nothing else.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { LayerConfigurationError } from '../layer-errors.ts';

const PUBLIC_KEY = Buffer.from('9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638', 'hex');
const IV = 16;

export function obscure(password: string, iv: Uint8Array = randomBytes(IV)): string {
  const cipher = createCipheriv('aes-256-ctr', PUBLIC_KEY, iv);
  return Buffer.concat([iv, cipher.update(password, 'utf8'), cipher.final()]).toString('base64url');
}

/** Throws `LayerConfigurationError` for what is not an obscured password. */
export function reveal(obscured: string): string {
  const bytes = Buffer.from(obscured, 'base64url');
  if (bytes.length < IV || !/^[A-Za-z0-9_-]+$/.test(obscured)) {
    throw new LayerConfigurationError('this is not a password as rclone keeps it in rclone.conf');
  }
  const decipher = createDecipheriv('aes-256-ctr', PUBLIC_KEY, bytes.subarray(0, IV));
  return Buffer.concat([decipher.update(bytes.subarray(IV)), decipher.final()]).toString('utf8');
}
