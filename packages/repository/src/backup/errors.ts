/** What can go wrong with a backup as a whole. Trouble with single items is reported as it is met. */
import { RepositoryError } from '../errors.ts';

/** A path that was asked for by name cannot be read, so the backup would not be what it says. */
export class SourceUnreadableError extends RepositoryError {
  readonly path: string;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('repository.source-unreadable', `${path} cannot be backed up: ${reason}`, {
      cause,
      advice: 'Check that the path is right and that this user may read it.',
    });
    this.path = path;
  }
}

/** Every source is excluded or gone: a snapshot of nothing would look like a backup. */
export class EmptyBackupError extends RepositoryError {
  constructor() {
    super('repository.empty-backup', 'there is nothing to back up: no source is left', {
      advice: 'Check the paths and the exclude patterns.',
    });
  }
}

/** A worker thread died, so that what it was reading is lost. */
export class WorkerCrashedError extends RepositoryError {
  constructor(reason: string, cause?: unknown) {
    super('repository.worker-crashed', `a worker thread of the backup ended: ${reason}`, {
      cause,
      advice: 'Run the backup again; what was stored already is not stored twice.',
    });
  }
}

/** A worker could not do its job for a reason that concerns more than one file. */
export class WorkerFailedError extends RepositoryError {
  constructor(message: string) {
    super('repository.worker-failed', message, {
      advice: "Run the backup again; if it happens again, test this machine's memory and disk.",
    });
  }
}
