import { StorageError } from './errors.ts';
import type { OpenKind, OpenStorageOptions } from './open-options.ts';
import type { Storage } from './storage.ts';

/** Every kind by its scheme. Each is loaded when it is used: the clients of the remote ones are large. */
const KINDS: Readonly<Record<string, () => Promise<OpenKind>>> = {
  local: async () => {
    const { LocalStorage } = await import('./local.ts');
    return (path) => new LocalStorage(path);
  },
  memory: async () => (await import('./memory.ts')).sharedMemory,
};

/**
 * The storage at a location: `/path`, `./path`, `local:/path` or `memory:name`. Touches nothing yet.
 * Rejects with `StorageError` `storage.unknown-kind` for another scheme.
 */
export async function openStorage(location: string, options: OpenStorageOptions = {}): Promise<Storage> {
  const { scheme, rest } = splitLocation(location);
  const load = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined;
  if (load === undefined || rest === '') {
    // The rest of a location may hold a password, so only its scheme is told.
    throw new StorageError(
      'storage.unknown-kind',
      `no kind of storage is called ${JSON.stringify(`${scheme}:`)}${rest === '' ? ' with nothing behind it' : ''}`,
      {
        advice: 'Use a folder: /path or local:/path. A folder whose name holds a colon is local:name.',
      },
    );
  }
  const open = await load();
  return open(rest, options);
}

/** `s3:https://…` → `s3` and the rest; a plain path is of scheme `local`. */
function splitLocation(location: string): { scheme: string; rest: string } {
  if (location === '') {
    throw new StorageError('storage.unknown-kind', 'the location of the repository is empty', {
      advice: 'Give a folder, as in /srv/backup.',
    });
  }
  const [prefix, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(location) ?? [];
  if (prefix === undefined || scheme === undefined) return { scheme: 'local', rest: location };
  return { scheme, rest: location.slice(prefix.length) };
}
