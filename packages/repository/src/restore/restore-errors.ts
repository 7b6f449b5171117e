import { RepositoryError } from '../errors.ts';

const shown = (path: Buffer | string): string => (typeof path === 'string' ? path : path.toString());

/** The snapshot holds nothing at that path. */
export class FileNotInSnapshotError extends RepositoryError {
  constructor(path: Buffer | string) {
    super('repository.not-in-snapshot', `the snapshot holds no ${shown(path)}`, {
      advice: 'List the snapshot to see what is there; paths begin with /.',
    });
  }
}

export class NotAFileError extends RepositoryError {
  constructor(path: Buffer | string, type: string) {
    super('repository.not-a-file', `${shown(path)} is no file in the snapshot, but of the type ${type}`, {
      advice: 'Restore it instead, or name a file below it.',
    });
  }
}

export class NotAFolderError extends RepositoryError {
  constructor(path: Buffer | string, type: string) {
    super('repository.not-a-folder', `${shown(path)} is no folder in the snapshot, but of the type ${type}`, {
      advice: 'Name a folder.',
    });
  }
}

/** A node whose name would lead out of its folder, or nowhere. */
export class InvalidNodeNameError extends RepositoryError {
  constructor(folder: Buffer, name: Buffer) {
    super(
      'repository.invalid-name',
      `the folder ${shown(folder)} of the snapshot holds an entry with the invalid name ${JSON.stringify(name.toString())}`,
      { advice: 'It was left out: the repository is damaged, or somebody tampered with it.' },
    );
  }
}

/** Something stands where an entry shall be restored, and removing it was not allowed. */
export class TargetOccupiedError extends RepositoryError {
  constructor(path: Buffer) {
    super('repository.target-occupied', `${shown(path)} is a folder that is not empty`, {
      advice: 'Restore into an empty folder, or allow the restore to delete what the snapshot does not hold.',
    });
  }
}

export class UnrestorableError extends RepositoryError {
  constructor(message: string) {
    super('repository.unrestorable', message, {});
  }
}

export class InvalidRestoreOptionsError extends RepositoryError {
  constructor(message: string, advice: string) {
    super('repository.invalid-restore-options', message, { advice });
  }
}

/** What was read back is not what was written. */
export class VerificationError extends RepositoryError {
  constructor(path: Buffer, offset: number) {
    super(
      'repository.verification-failed',
      `${shown(path)} differs from the snapshot at byte ${offset} after it was written`,
      { advice: 'Check the disk that was restored to, and restore again.' },
    );
  }
}

/** The target cannot take anything more: it is full or read-only. */
export class TargetFailedError extends RepositoryError {
  constructor(path: Buffer, failure: { readonly message: string; readonly code: string | undefined }) {
    super('repository.target-failed', `${shown(path)} cannot be written: ${failure.message}`, {
      advice:
        failure.code === 'EROFS'
          ? 'Restore to a file system that can be written to.'
          : 'Make room and run the restore again: it goes on where it stopped.',
    });
  }
}
