/** Takes the layers of a repository off as an outsider does: with Debian's age and rclone, and nothing of ours. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { CryptPassword } from '../layers/crypt/crypt-key.ts';
import { rcloneSection } from '../layers/crypt/rclone-configuration.ts';

const run = promisify(execFile);

export interface PeelOptions {
  /** The folder where the repository lies in both layers. */
  readonly repository: string;
  readonly identityFile: string;
  readonly crypt: CryptPassword;
  /** A folder for what comes in between; it is made. */
  readonly workplace: string;
}

/** Gives the folder of a repository that restic opens. */
export async function peelLayers({
  repository,
  identityFile,
  crypt,
  workplace,
}: PeelOptions): Promise<string> {
  const withoutAge = join(workplace, 'without-age');
  for (const entry of await readdir(repository, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.age')) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(withoutAge, from.slice(repository.length, -'.age'.length));
    await mkdir(dirname(to), { recursive: true });
    await run('age', ['-d', '-i', identityFile, '-o', to, from]);
  }
  const configuration = join(workplace, 'rclone.conf');
  await writeFile(configuration, rcloneSection('octobox', withoutAge, crypt));
  const plain = join(workplace, 'restic');
  await run('rclone', ['--config', configuration, 'copy', 'octobox:', plain]);
  return plain;
}
