/**
 * Keys of rclone's crypt format (rclone `backend/crypt/cipher.go`, `Cipher.Key`): scrypt with N = 16384, r = 8,
 * p = 1 over password and salt ("password2") gives 80 bytes: 32 for data, 32 for names, 16 to tweak names. Names
 * stay plain here (`filename_encryption = off`), so that only the first 32 are used.
 */
import { scrypt } from 'node:crypto';
import { LayerConfigurationError } from '../layer-errors.ts';

/** What rclone takes when no salt is given. */
const DEFAULT_SALT = Buffer.from('a80df43a8fbd0308a7cab83e581f86b1', 'hex');
const KEY_MATERIAL = 80;
const DATA_KEY = 32;

export interface CryptPassword {
  readonly password: string;
  /** rclone's `password2`; absent or empty takes rclone's constant. */
  readonly salt?: string | undefined;
}

/** The 32 bytes that seal blocks. An empty password, which rclone takes for a key of zeros, is refused. */
export async function deriveCryptKey({ password, salt }: CryptPassword): Promise<Buffer> {
  if (password === '') {
    throw new LayerConfigurationError('the password of the crypt layer is empty', {
      advice: 'Give a password: with an empty one rclone uses a key that everybody knows.',
    });
  }
  const saltBytes = salt === undefined || salt === '' ? DEFAULT_SALT : Buffer.from(salt);
  const material = await new Promise<Buffer>((resolve, reject) => {
    scrypt(Buffer.from(password), saltBytes, KEY_MATERIAL, { N: 16384, r: 8, p: 1 }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
  return material.subarray(0, DATA_KEY);
}
