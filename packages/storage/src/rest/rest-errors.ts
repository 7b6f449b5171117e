import { StorageError, type StorageErrorCode, type StorageErrorOptions } from '../errors.ts';
import { interrupted, networkFailure } from '../transfer/network-errors.ts';

/** What an answer other than success means; 404 is the caller's, who knows what was asked for. */
export function restFailure(status: number, location: string, what: string, reason?: string): StorageError {
  const told = `HTTP ${status}${reason === undefined ? '' : `: ${reason}`}`;
  const say = (code: StorageErrorCode, message: string, options: StorageErrorOptions): StorageError =>
    new StorageError(code, message, options);
  if (status === 401) {
    return say('storage.credentials', `${location} does not accept user and password`, {
      advice: 'Set RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD.',
    });
  }
  if (status === 403 || status === 405) {
    return say('storage.denied', `${what} in ${location}: the server does not allow it (${told})`, {
      advice:
        'Check what this user may do there. An append-only server never lets anything but locks be removed: forget and prune on the server itself.',
    });
  }
  if (status === 404) {
    return say('storage.missing', `${what}: there is nothing at ${location}`, {
      advice: 'Check the path behind the host; `octobox init` makes a repository.',
    });
  }
  if (status === 507 || status === 413) {
    return say('storage.full', `${location} takes no more (${told})`, {
      advice: 'Free space on that server or raise the quota; what was stored before is whole.',
    });
  }
  if (status >= 500 || status === 429 || status === 408) {
    return interrupted(location, `the server answered ${told}`);
  }
  if (status >= 300 && status < 400) {
    return say('storage.options', `${location} sends us to another address (HTTP ${status})`, {
      advice: 'Use the address that it sends to, with https: if it does so.',
    });
  }
  return say('storage.failed', `${what} in ${location}: ${told}`, {
    advice: 'Check that a REST server for restic answers there, and the path behind the host.',
  });
}

/** Gives what the connection threw its place in the storage's own errors. */
export function restBroken(error: unknown, location: string): unknown {
  if (error instanceof StorageError) return error;
  return networkFailure(error, location) ?? error;
}
