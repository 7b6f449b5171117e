import { findServerBinaries, SourceError } from '@octobox/sources';
import { canInstallPackages, installPackages } from '../../debian/install-packages.ts';
import type { CompanyProgress } from './shop.ts';

const installCommand = 'apt-get install postgresql';

const isMissing = (error: unknown): boolean =>
  error instanceof SourceError && error.code === 'source.client-missing';

async function hasServer(signal: AbortSignal): Promise<boolean> {
  try {
    await findServerBinaries({ signal });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * PostgreSQL where its programs are or can be installed, else SQLite.
 *
 * @param say told in one line when something is installed, or why PostgreSQL is not used
 */
export async function chooseShop(options: {
  readonly signal: AbortSignal;
  readonly say: (line: string) => Promise<void>;
  readonly onProgress: CompanyProgress;
}): Promise<'postgresql' | 'sqlite'> {
  const { signal, say, onProgress } = options;
  if (await hasServer(signal)) return 'postgresql';
  if (await canInstallPackages()) {
    await say('PostgreSQL is not on this machine: installing the package postgresql with apt-get.');
    await installPackages(['postgresql'], {
      signal,
      advice: `Install it by hand (${installCommand}), or run the demo with --shop sqlite.`,
      onPercent: (step, percent) => onProgress(step, Math.round(percent), 100, 'percent'),
    });
    return 'postgresql';
  }
  await say(
    `PostgreSQL is not on this machine and cannot be installed by this user (as root on Debian: ${installCommand}); the shop runs on SQLite instead.`,
  );
  return 'sqlite';
}
