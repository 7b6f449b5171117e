import { StorageError } from '../errors.ts';
import { interrupted, networkFailure } from '../transfer/network-errors.ts';

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02, section 7). */
export const STATUS = { eof: 1, noSuchFile: 2, denied: 3, failure: 4, noConnection: 6, lost: 7 } as const;

export const hasStatus = (error: unknown, ...codes: number[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && codes.includes(error.code);

const LOST =
  /No response from server|Not connected|Channel|disconnected|Timed out while waiting for handshake/i;

/** Gives what the client threw its place in the storage's own errors. */
export function sftpFailure(error: unknown, location: string, what: string): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  const reason = `${what} in ${location}: ${error.message}`;
  if ((error as { level?: string }).level === 'client-authentication') {
    return new StorageError('storage.credentials', `${location} does not let this user in`, {
      cause: error,
      advice:
        'Check the user in the location, and whether its authorized_keys holds your key (-o sftp.identity=FILE).',
    });
  }
  if (hasStatus(error, STATUS.denied)) {
    return new StorageError('storage.denied', reason, {
      cause: error,
      advice: 'Check who owns the folder on the server, and whether it may be written.',
    });
  }
  if (hasStatus(error, STATUS.noSuchFile)) {
    return new StorageError('storage.missing', reason, {
      cause: error,
      advice: 'Check the path on the server, and whether its disk is mounted.',
    });
  }
  if (hasStatus(error, STATUS.noConnection, STATUS.lost) || LOST.test(error.message)) {
    return interrupted(location, `the connection was cut (${error.message})`, error);
  }
  return networkFailure(error, location) ?? new StorageError('storage.failed', reason, { cause: error });
}
