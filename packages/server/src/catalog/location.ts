import { isAbsolute } from 'node:path';
import { InvalidError } from '../platform/index.ts';
import type { ProtectedSource, SourceOptions } from './service.ts';

/** Takes the password out of a location, so that what is kept in the database holds none. */
export function splitLocation(
  kind: ProtectedSource['kind'],
  location: string,
): { location: string; password?: string } {
  if (kind !== 'postgresql') {
    const path = kind === 'sqlite' ? location.replace(/^sqlite:(\/\/(?=\/))?/, '') : location;
    if (!isAbsolute(path)) {
      throw new InvalidError('location', `"${location}" is not an absolute path`, {
        advice: 'Write the path from the root on: the server may be started in another folder.',
      });
    }
    return { location: kind === 'sqlite' ? `sqlite:${path}` : path };
  }
  const url = URL.parse(location);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new InvalidError('location', 'this is no PostgreSQL address', {
      advice: 'Write postgres://user:password@host:port/database.',
    });
  }
  const fromQuery = url.searchParams.get('password');
  url.searchParams.delete('password');
  const password = url.password === '' ? fromQuery : decodeURIComponent(url.password);
  url.password = '';
  return { location: url.href, ...(password === null || password === '' ? {} : { password }) };
}

/** The same for the address of the scratch server among the options of a source. */
export function splitOptions(options: SourceOptions): { options: SourceOptions; scratchPassword?: string } {
  if (options.scratchServer === undefined) return { options };
  const { location, password } = splitLocation('postgresql', options.scratchServer);
  return {
    options: { ...options, scratchServer: location },
    ...(password === undefined ? {} : { scratchPassword: password }),
  };
}
