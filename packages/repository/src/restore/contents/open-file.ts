/** How files of the target are opened and written, and paths and errors sent between threads. */
import { constants, openSync, writeSync } from 'node:fs';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** A regular file that is there; links are not followed. */
export const openForWriting = (path: Buffer): number => openSync(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);

/** Opens a new file for writing. @throws EEXIST among others */
export const makeFile = (path: Buffer): number =>
  openSync(path, O_WRONLY | O_NOFOLLOW | O_CREAT | O_EXCL, 0o600);

export function writeAll(file: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, offset + done);
  }
}

/** Byte strings (latin1): a message between threads carries strings cheaply, and file names need not be UTF-8. */
export const pathText = (path: Buffer): string => path.toString('latin1');
export const pathBytes = (path: string): Buffer => Buffer.from(path, 'latin1');

/** What a system error says, for it cannot be sent between threads as it is. */
export interface SystemFailure {
  readonly message: string;
  readonly code: string | undefined;
}

export function systemFailure(error: unknown): SystemFailure {
  if (!(error instanceof Error)) return { message: String(error), code: undefined };
  return { message: error.message, code: 'code' in error ? String(error.code) : undefined };
}
