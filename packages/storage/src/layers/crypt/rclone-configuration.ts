import type { CryptPassword } from './crypt-key.ts';
import { obscure } from './obscure.ts';

/**
 * The section of an rclone.conf that opens the crypt layer of a repository whose files lie at `remote` (an rclone
 * path: a folder, or `name:bucket/prefix` of another section) with the age layer already taken off.
 */
export function rcloneSection(name: string, remote: string, key: CryptPassword): string {
  const lines = [
    `[${name}]`,
    'type = crypt',
    `remote = ${remote}`,
    'filename_encryption = off',
    'directory_name_encryption = false',
    `password = ${obscure(key.password)}`,
  ];
  if (key.salt !== undefined && key.salt !== '') lines.push(`password2 = ${obscure(key.salt)}`);
  return `${lines.join('\n')}\n`;
}
