import { stat } from 'node:fs/promises';
import type { Log } from './log.ts';

interface Owned {
  readonly mode: number;
  readonly uid: number;
}

/**
 * Whether others than its owner get at a file. A group may read what belongs to somebody else: that is how an
 * administrator hands a secret to a service (root:octobox, mode 0640).
 */
export const openToOthers = ({ mode, uid }: Owned): boolean =>
  (mode & 0o037) !== 0 || ((mode & 0o040) !== 0 && uid === process.getuid?.());

/** "0644" */
export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

/** A secret that is in use already is not refused: backups would stop. It is warned of. */
export async function warnOfOpenSecret(file: string, log: Log): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !openToOthers(found)) return;
  log.warn({ file, mode: octal(found.mode) }, 'others on this machine can get at a secret: chmod 600');
}
