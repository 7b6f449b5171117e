/** A key of the vault for tests, one for all of a test file: to make it takes longer than most tests. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

let made: string | undefined;

/** Puts it where `KeyFile` looks for it. */
export async function writeVaultKey(folder: string): Promise<void> {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2_048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'vault.pem'), made, { mode: 0o600 });
}
