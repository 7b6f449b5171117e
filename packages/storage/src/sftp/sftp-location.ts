/** `sftp:user@host:/path`, `sftp:user@host:path` (below the home folder), `sftp://user@host:port//path`, as restic. */
import { StorageError } from '../errors.ts';

export interface SftpLocation {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Absolute, or relative to the folder in which a login begins; without a slash at its end. */
  readonly path: string;
  /** The same place, spelled in full. */
  readonly text: string;
}

const wrong = (what: string): StorageError =>
  new StorageError('storage.options', `the location of the SFTP repository ${what}`, {
    advice: 'Write it as sftp:user@host:/path, or sftp://user@host:2222//path with a port.',
  });

export function parseSftpLocation(rest: string): SftpLocation {
  const { user, host, port, path } = rest.startsWith('//') ? fromUrl(rest) : fromShort(rest);
  if (user?.includes(':')) {
    // Never told back: what stands there may be a secret.
    throw new StorageError('storage.options', 'the location of the SFTP repository holds a password', {
      advice: 'Use a key or an agent; a password belongs into OCTOBOX_SFTP_PASSWORD.',
    });
  }
  if (host === '') throw wrong('names no host');
  if (path === '') throw wrong('names no folder');
  if (path.startsWith('~'))
    throw wrong('begins with ~: leave it away, the path is taken from the home folder');
  const clean = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    user,
    host,
    port,
    path: clean,
    text: `sftp://${user === undefined ? '' : `${user}@`}${shown}${port === 22 ? '' : `:${port}`}/${clean}`,
  };
}

type Parts = Omit<SftpLocation, 'text'>;

function fromUrl(rest: string): Parts {
  const match = /^\/\/(?:([^@/]*)@)?(\[[^\]]+\]|[^:/[\]]*)(?::(\d+))?(?:\/(.*))?$/.exec(rest);
  if (match === null) throw wrong('is no address');
  const [, user, host = '', port, path = ''] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    throw wrong('has a port that cannot be');
  return { user, host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? 22 : Number(port), path };
}

function fromShort(rest: string): Parts {
  const match = /^(?:([^@/]*)@)?(\[[^\]]+\]|[^:/[\]]*):(.*)$/.exec(rest);
  if (match === null) throw wrong('has no : between host and path');
  const [, user, host = '', path = ''] = match;
  return { user, host: host.replace(/^\[|\]$/g, ''), port: 22, path };
}
