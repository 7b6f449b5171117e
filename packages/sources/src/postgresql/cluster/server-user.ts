import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SourceError } from '../../errors.ts';
import { type SystemUser, systemUser } from '../../process/system-user.ts';

/** PostgreSQL refuses to run as root; as root the account of the same name takes its place. */
export async function serverUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const user = await systemUser('postgres');
  if (user === undefined) {
    throw new SourceError(
      'source.scratch-failed',
      'PostgreSQL does not run as root, and there is no user postgres',
      {
        advice: 'Install the postgresql package, which makes that user, or run as another user.',
      },
    );
  }
  return user;
}

/** Whether a user may get into a folder through all the folders above it. */
export async function mayEnter(folder: string, user: SystemUser | undefined): Promise<boolean> {
  if (user === undefined) return true;
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
