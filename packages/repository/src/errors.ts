import type { StoredFile } from '@octobox/storage';
// Not from the index: every thread loads this file, and none needs all kinds of storage for a name.
import { describeFile } from '@octobox/storage/errors';

export type RepositoryErrorCode = `repository.${string}`;

export interface RepositoryErrorOptions {
  readonly cause?: unknown;
  /** What the user can do about it, one sentence. */
  readonly advice?: string | undefined;
}

/** Base of every error of the engine: a stable code, typed fields in the subclasses, and advice. */
export class RepositoryError extends Error {
  readonly code: RepositoryErrorCode;
  readonly advice: string | undefined;

  constructor(code: RepositoryErrorCode, message: string, options: RepositoryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.advice = options.advice;
  }
}

/** Bytes that do not follow their format. What reads files wraps it into a `DamagedFileError`. */
export class FormatError extends RepositoryError {
  constructor(message: string, options: RepositoryErrorOptions = {}) {
    super('repository.format', message, options);
  }
}

/** The authentication code does not match: a wrong key, or bytes that were changed. */
export class UnauthenticatedError extends RepositoryError {
  constructor() {
    super('repository.unauthenticated', 'the authentication code does not match: the bytes were changed');
  }
}

/** A file of the repository is there and is not what it must be. */
export class DamagedFileError extends RepositoryError {
  readonly file: StoredFile;
  readonly problem: string;

  constructor(file: StoredFile, problem: string, options: RepositoryErrorOptions = {}) {
    super('repository.damaged-file', `${describeFile(file)} is damaged: ${problem}`, {
      advice: adviceFor(file),
      ...options,
    });
    this.file = file;
    this.problem = problem;
  }
}

/** What to do about a damaged file; each way works although the file is damaged. */
function adviceFor(file: StoredFile): string {
  const restore = `restore ${describeFile(file)} from a copy of the repository`;
  switch (file.kind) {
    case 'config':
      return `R${restore.slice(1)}: nothing can be read without it.`;
    case 'key':
      return `Try the password of another key, or ${restore}.`;
    case 'lock':
      return 'When nothing else uses the repository, `octobox unlock --remove-all` removes it.';
    case 'snapshot':
      return (
        'The other snapshots can be used by their ids; `octobox snapshots` lists them.\n' +
        `To mend this, ${restore}; only when there is none,\n` +
        `delete the damaged file (\`octobox repair snapshots --forget ${file.name.slice(0, 12)}\`): that snapshot is then\n` +
        'given up, and prune removes what it alone needs.'
      );
    case 'index':
      return (
        'Run `octobox check` to see what is affected. The index can be made anew from the packs:\n' +
        '`octobox repair index`.'
      );
    case 'data':
      return (
        `Run \`octobox check\` to see what is affected, and ${restore}. When there is none,\n` +
        '`octobox repair packs` saves what is sound in it.'
      );
  }
}

export class RepositoryMissingError extends RepositoryError {
  readonly location: string;
  constructor(location: string, options: RepositoryErrorOptions = {}) {
    super('repository.missing', `there is no repository at ${location}: it has no config file`, {
      advice: 'Check the location, or make a new repository there.',
      ...options,
    });
    this.location = location;
  }
}

export class RepositoryExistsError extends RepositoryError {
  readonly location: string;
  constructor(location: string, found: string) {
    super('repository.exists', `${location} holds a repository already: ${found}`, {
      advice: 'Use the repository that is there, or choose another location.',
    });
    this.location = location;
  }
}

export class WrongPasswordError extends RepositoryError {
  readonly location: string;
  constructor(location: string, keys: number) {
    super(
      'repository.wrong-password',
      keys === 0
        ? `${location} has no key file`
        : keys === 1
          ? `the password does not open the only key of ${location}`
          : `the password opens none of the ${keys} keys of ${location}`,
      {
        advice:
          keys === 0
            ? 'Restore the folder keys from a copy of the repository: nothing can be read without one.'
            : 'Check the password or the password file.',
      },
    );
    this.location = location;
  }
}

export class UnsupportedVersionError extends RepositoryError {
  readonly version: number;
  constructor(version: number) {
    super(
      'repository.unsupported-version',
      `the repository has format version ${version}; 1 and 2 are known`,
      {
        advice: 'Use a newer version of the program.',
      },
    );
    this.version = version;
  }
}

export class BlobMissingError extends RepositoryError {
  readonly type: 'data' | 'tree';
  readonly id: string;
  constructor(type: 'data' | 'tree', id: string) {
    super('repository.blob-missing', `${type} blob ${id} is in no index file`, {
      advice: 'Run check to see which snapshots are affected.',
    });
    this.type = type;
    this.id = id;
  }
}

/** A tree blob that is whole, and yet is no tree. */
export class DamagedTreeError extends RepositoryError {
  readonly id: string;
  constructor(id: string, problem: string, options: RepositoryErrorOptions = {}) {
    super('repository.damaged-tree', `tree ${id} is damaged: ${problem}`, {
      advice: 'Run check to see which snapshots are affected.',
      ...options,
    });
    this.id = id;
  }
}

export class FolderMissingError extends RepositoryError {
  readonly folder: string;
  constructor(snapshot: string, folder: string) {
    super(
      'repository.folder-missing',
      `snapshot ${snapshot.slice(0, 8)} has no folder ${JSON.stringify(folder)}`,
      {
        advice: 'List the snapshot to see its folders.',
      },
    );
    this.folder = folder;
  }
}

export class SnapshotMissingError extends RepositoryError {
  constructor(wanted: string, filtered: boolean) {
    super(
      'repository.snapshot-missing',
      `no snapshot matches ${wanted}${filtered ? ' and the filter' : ''}`,
      {
        advice: 'List the snapshots to see what is there.',
      },
    );
  }
}

export class SnapshotAmbiguousError extends RepositoryError {
  readonly matches: readonly string[];
  constructor(prefix: string, matches: readonly string[]) {
    super(
      'repository.snapshot-ambiguous',
      `${matches.length} snapshots begin with ${prefix}: ${matches.join(', ')}`,
      {
        advice: 'Give more digits.',
      },
    );
    this.matches = matches;
  }
}

export interface LockHolder {
  readonly id: string;
  readonly time: string;
  readonly exclusive: boolean;
  readonly hostname: string;
  readonly username: string;
  readonly pid: number;
}

/** Somebody else holds a lock that conflicts with the one asked for. */
export class LockedError extends RepositoryError {
  readonly holder: LockHolder;
  constructor(location: string, holder: LockHolder) {
    const kind = holder.exclusive ? 'exclusively ' : '';
    super(
      'repository.locked',
      `${location} is locked ${kind}by process ${holder.pid} of ${holder.username || 'an unknown user'} on ${holder.hostname || 'an unknown host'} since ${holder.time} (lock ${holder.id.slice(0, 8)})`,
      { advice: 'Wait until it has finished; if it no longer runs, `octobox unlock` removes its lock.' },
    );
    this.holder = holder;
  }
}

/** The lock could not be refreshed in time, so that others may take it for abandoned. */
export class LockLostError extends RepositoryError {
  constructor(location: string, options: RepositoryErrorOptions = {}) {
    super('repository.lock-lost', `the lock on ${location} could not be refreshed in time`, {
      advice: 'Check that the storage can be reached, and run again.',
      ...options,
    });
  }
}

/** No file of that kind has a name that begins so, or more than one. */
export class IdUnknownError extends RepositoryError {
  constructor(what: string, prefix: string, candidates: readonly string[] = []) {
    super(
      'repository.id-unknown',
      candidates.length === 0
        ? `the repository has no ${what} ${prefix}`
        : `${prefix} is the beginning of more than one ${what}: ${candidates.slice(0, 5).join(', ')}`,
      {
        advice:
          candidates.length === 0
            ? 'Give the id, or the beginning of one, as `octobox list` shows them.'
            : 'Give more digits.',
      },
    );
  }
}
