/** `rest:https://user:password@host:port/path/`, as restic spells it. User and password are never shown. */
import { StorageError } from '../errors.ts';

export interface RestLocation {
  /** With a slash at its end, without user and password. */
  readonly url: URL;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** For messages. */
  readonly text: string;
}

export function parseRestLocation(rest: string): RestLocation {
  const url = URL.parse(rest);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new StorageError('storage.options', 'the location of the REST repository is no address', {
      advice: 'Write it as rest:https://host:8000/path/.',
    });
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return {
    url,
    user: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    text: `rest:${url.href}`,
  };
}
