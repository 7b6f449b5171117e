/** What the protocol does not say of a path by itself. */
import { hasStatus, STATUS } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';

export async function exists(session: SftpSession, path: string): Promise<boolean> {
  try {
    await session.stat(path);
    return true;
  } catch (error) {
    if (hasStatus(error, STATUS.noSuchFile)) return false;
    throw error;
  }
}

/** Makes a folder where there is none yet. */
export async function makeFolder(session: SftpSession, path: string): Promise<void> {
  try {
    await session.mkdir(path);
  } catch (error) {
    // The protocol tells an existing folder by the same code as any other failure.
    const found = await session.stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}
