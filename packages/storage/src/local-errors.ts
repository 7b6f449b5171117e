import { open } from 'node:fs/promises';
import { StorageError } from './errors.ts';

export const isErrno = (error: unknown, ...codes: string[]): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

/** Gives an error of the operating system its place in the storage's own errors; leaves others alone. */
export function failure(error: unknown, location: string, what: string): unknown {
  if (error instanceof StorageError || !(error instanceof Error) || !('syscall' in error)) return error;
  const describe = `${what} in ${location}: ${error.message}`;
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) {
    return new StorageError('storage.full', `${location} is full: ${error.message}`, {
      cause: error,
      advice: 'Free space on that disk (or raise its quota) and run again; what was stored before is whole.',
    });
  }
  if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) {
    return new StorageError('storage.denied', describe, {
      cause: error,
      advice: 'Check who owns the folder and whether it is mounted read-only.',
    });
  }
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) {
    return new StorageError('storage.missing', describe, {
      cause: error,
      advice: 'Check the path, and whether the disk is mounted.',
    });
  }
  return new StorageError('storage.failed', describe, { cause: error });
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder, and have nothing to sync either.
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
  }
}
