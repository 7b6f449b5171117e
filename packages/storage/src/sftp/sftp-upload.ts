/**
 * Storing one file on an SFTP server.
 *
 *     refused when the name is taken → written below tmp/ → synced and made read-only → renamed without replacing
 */
import { posix } from 'node:path';
import { FileExistsError, StorageError } from '../errors.ts';
import { pathOf } from '../layout.ts';
import type { StoredFile } from '../storage.ts';
import { temporaryName } from '../temporary-files.ts';
import { interrupted } from '../transfer/network-errors.ts';
import type { Pace } from '../transfer/pace.ts';
import { inTurns, PIECE } from '../transfer/pieces.ts';
import type { Spool } from '../transfer/spool.ts';
import { hasStatus, STATUS } from './sftp-errors.ts';
import type { SftpLocation } from './sftp-location.ts';
import { exists, makeFolder } from './sftp-paths.ts';
import type { SftpSession } from './sftp-session.ts';

export interface UploadTarget {
  readonly session: SftpSession;
  readonly place: SftpLocation;
  readonly file: StoredFile;
  readonly pace: Pace;
  readonly signal: AbortSignal | undefined;
}

/** A failure leaves nothing behind, as far as the server still answers. */
export async function upload(target: UploadTarget, content: Spool): Promise<void> {
  const { session, place, file } = target;
  const path = posix.join(place.path, pathOf(file));
  if (await exists(session, path)) throw new FileExistsError(file, place.text);
  const folder = posix.join(place.path, 'tmp');
  const temporary = posix.join(folder, temporaryName());
  const handle = await session.open(temporary, 'wx').catch(async (error: unknown) => {
    if (!hasStatus(error, STATUS.noSuchFile) || !(await exists(session, place.path))) throw error;
    await makeFolder(session, folder);
    return session.open(temporary, 'wx');
  });
  try {
    await send(target, handle, content);
    await session.seal(handle);
    await session.closeHandle(handle);
    await publish(target, temporary, path);
  } catch (error) {
    if (session.isOpen) {
      await session.closeHandle(handle).catch(() => {});
      const full = hasStatus(error, STATUS.failure) && (await isFull(session, folder));
      await session.unlink(temporary).catch(() => {});
      if (full) throw fullError(place, error);
    }
    throw error;
  }
}

async function send(
  { session, place, pace, signal }: UploadTarget,
  handle: Buffer,
  content: Spool,
): Promise<void> {
  let position = 0;
  const located = async function* (slices: AsyncIterable<Uint8Array>) {
    for await (const slice of slices) {
      yield { slice: Buffer.from(slice.buffer, slice.byteOffset, slice.length), at: position };
      position += slice.length;
    }
  };
  await inTurns(located(pace.sent(content.slices(), signal)), ({ slice, at }) => {
    signal?.throwIfAborted();
    return session.write(handle, slice, at);
  });
  const size = await session.handleSize(handle);
  if (size !== content.size) {
    throw interrupted(place.text, `the server kept ${size} of ${content.size} bytes of a file`);
  }
}

async function publish({ session, place, file }: UploadTarget, from: string, to: string): Promise<void> {
  try {
    await session.rename(from, to);
  } catch (error) {
    if (hasStatus(error, STATUS.noSuchFile)) {
      await makeFolder(session, posix.dirname(to));
      return session.rename(from, to);
    }
    if (hasStatus(error, STATUS.failure) && (await exists(session, to))) {
      throw new FileExistsError(file, place.text, { cause: error });
    }
    throw error;
  }
}

/** The protocol tells a full disk by the same code as any other failure. */
async function isFull(session: SftpSession, folder: string): Promise<boolean> {
  const free = await session.freeSpace(folder);
  return free !== undefined && free < PIECE;
}

const fullError = ({ text }: SftpLocation, cause: unknown): StorageError =>
  new StorageError('storage.full', `${text} is full`, {
    cause,
    advice: 'Free space on that server (or raise the quota) and run again; what was stored before is whole.',
  });
