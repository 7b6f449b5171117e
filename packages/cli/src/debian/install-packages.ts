import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptGet } from './apt-get.ts';
import { isOnPath } from './programs.ts';

/**
 * Debian makes a cluster of the system's own, and starts it, when PostgreSQL's server package arrives. Nobody asked
 * for that one, so it is switched off while packages are installed, in the folder that postgresql-common reads.
 */
const settingsFolder = '/etc/postgresql-common/createcluster.d';
const settingsFile = join(settingsFolder, 'octobox.conf');

export interface InstallOptions {
  readonly signal: AbortSignal;
  /** What the user can do when it fails. */
  readonly advice: string;
  readonly onPercent?: (step: string, percent: number) => void;
}

/** Whether this user on this system may install Debian's packages. */
export const canInstallPackages = async (): Promise<boolean> =>
  process.getuid?.() === 0 && (await isOnPath('apt-get')) && (await isOnPath('dpkg'));

/** Installs Debian packages without what they merely recommend; needs root. No server starts. */
export async function installPackages(names: readonly string[], options: InstallOptions): Promise<void> {
  const { signal, advice, onPercent } = options;
  // A list that is there may be old enough to name packages that are gone, so it is always renewed.
  onPercent?.('reading package lists', 0);
  await aptGet(['update'], { signal, advice });
  await mkdir(settingsFolder, { recursive: true });
  await writeFile(settingsFile, 'create_main_cluster = false\n');
  try {
    await aptGet(['install', '-y', '--no-install-recommends', ...names], {
      signal,
      advice,
      onPercent: (percent) => onPercent?.(`installing ${names.join(', ')}`, percent),
    });
  } finally {
    await rm(settingsFile, { force: true });
  }
}
