/** The keys of a repository: who can open it. Adding, listing and removing key files, as restic's `key` verb does. */
import { FileMissingError } from '@octobox/storage/errors';
import { DamagedFileError, FormatError, RepositoryError } from '../../errors.ts';
import { decodeKeyFile } from '../../format/key-file.ts';
import type { Repository } from '../repository.ts';
import { readFile } from '../stored-file.ts';

export interface ListedKey {
  /** the key file's name */
  readonly id: string;
  readonly username: string;
  readonly hostname: string;
  /** RFC 3339; may be empty */
  readonly created: string;
  /** The one that this repository was opened with. */
  readonly isCurrent: boolean;
}

export interface KeyListing {
  readonly keys: readonly ListedKey[];
  readonly damaged: readonly DamagedFileError[];
}

export class KeyMissingError extends RepositoryError {
  constructor(wanted: string) {
    super('repository.key-missing', `no key begins with ${wanted}`, {
      advice: 'List the keys to see what is there.',
    });
  }
}

export class KeyAmbiguousError extends RepositoryError {
  constructor(wanted: string, matches: readonly string[]) {
    super(
      'repository.key-ambiguous',
      `${matches.length} keys begin with ${wanted}: ${matches.map((id) => id.slice(0, 12)).join(', ')}`,
      { advice: 'Give more digits.' },
    );
  }
}

/** Removing it would lock out whoever asks, or everybody. */
export class KeyInUseError extends RepositoryError {
  constructor(id: string) {
    super('repository.key-in-use', `key ${id.slice(0, 8)} is the one that opened this repository`, {
      advice: 'Open the repository with another key to remove this one; nothing was changed.',
    });
  }
}

export async function listKeys(repository: Repository, signal?: AbortSignal): Promise<KeyListing> {
  const keys: ListedKey[] = [];
  const damaged: DamagedFileError[] = [];
  for (const id of (await repository.listFiles('key', { signal })).keys()) {
    const file = { kind: 'key', name: id } as const;
    try {
      const { username, hostname, created } = decodeKeyFile(
        await readFile(repository.storage, file, { signal }),
      );
      keys.push({ id, username, hostname, created, isCurrent: id === repository.keyName });
    } catch (error) {
      if (error instanceof FileMissingError) continue;
      if (error instanceof FormatError)
        damaged.push(new DamagedFileError(file, error.message, { cause: error }));
      else if (error instanceof DamagedFileError) damaged.push(error);
      else throw error;
    }
  }
  keys.sort((a, b) => (a.created < b.created ? -1 : a.created > b.created ? 1 : a.id < b.id ? -1 : 1));
  return { keys, damaged };
}

/** The one key file whose name begins so; damaged ones count, so that they can be removed. */
export async function findKeyFile(
  repository: Repository,
  wanted: string,
  signal?: AbortSignal,
): Promise<string> {
  const prefix = wanted.toLowerCase();
  const names = [...(await repository.listFiles('key', { signal })).keys()];
  const matches = /^[0-9a-f]+$/.test(prefix) ? names.filter((name) => name.startsWith(prefix)) : [];
  const [first, ...more] = matches;
  if (first === undefined) throw new KeyMissingError(wanted);
  if (more.length > 0) throw new KeyAmbiguousError(wanted, matches);
  return first;
}

/** Needs an exclusive lock. @throws KeyInUseError for the key that opened the repository */
export async function removeKey(repository: Repository, id: string, signal?: AbortSignal): Promise<void> {
  if (id === repository.keyName || repository.keyName === undefined) throw new KeyInUseError(id);
  await repository.storage.remove({ kind: 'key', name: id }, { signal });
}
