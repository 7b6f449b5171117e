import { StorageError } from './errors.ts';
import { LocalStorage } from './local.ts';
import { MemoryStorage } from './memory.ts';
import type { Storage } from './storage.ts';

/** One storage a name, for as long as the process lives: opening a name again finds its files. */
const memories = new Map<string, MemoryStorage>();

const KINDS: Readonly<Record<string, (rest: string) => Storage>> = {
  local: (path) => new LocalStorage(path),
  memory: (name) => {
    const storage = memories.get(name) ?? new MemoryStorage(name);
    memories.set(name, storage);
    return storage;
  },
};

/**
 * The storage at a location: `/path`, `./path`, `local:/path` or `memory:name`. Touches nothing yet.
 * Throws `StorageError` `storage.unknown-kind` for another scheme.
 */
export function openStorage(location: string): Storage {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location);
  if (scheme === null) {
    if (location === '') {
      throw new StorageError('storage.unknown-kind', 'the location of the repository is empty', {
        advice: 'Give a folder, as in /srv/backup.',
      });
    }
    return new LocalStorage(location);
  }
  const name = scheme[1] ?? '';
  const rest = location.slice(name.length + 1);
  const make = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (make === undefined || rest === '') {
    // The rest of a location may hold a password, so only its scheme is told.
    throw new StorageError(
      'storage.unknown-kind',
      `no kind of storage is called ${JSON.stringify(`${name}:`)}${rest === '' ? ' with nothing behind it' : ''}`,
      {
        advice: 'Use a folder: /path or local:/path. A folder whose name holds a colon is local:name.',
      },
    );
  }
  return make(rest);
}
