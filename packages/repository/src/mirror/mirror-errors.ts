import { RepositoryError } from '../errors.ts';

/** What lies at the target is no copy of the source. Nothing was changed there. */
export class MirrorMismatchError extends RepositoryError {
  constructor(source: string, target: string, found: string) {
    super('repository.mirror-mismatch', `${target} is no mirror of ${source}: ${found}`, {
      advice:
        'Choose an empty place for the mirror. To bring snapshots into another repository use `octobox copy`.',
    });
  }
}

/** The target took an object and has another one now. */
export class MirrorWriteError extends RepositoryError {
  constructor(target: string, file: string, problem: string) {
    super('repository.mirror-write', `${file} was sent to ${target}, and ${problem}`, {
      advice: 'Check the storage there; run again: what did arrive is not sent twice.',
    });
  }
}

/** The source changed faster than it could be copied. What was copied so far is a valid repository. */
export class MirrorUnsettledError extends RepositoryError {
  constructor(source: string, rounds: number) {
    super(
      'repository.mirror-unsettled',
      `the index of ${source} changed in each of ${rounds} rounds, so no new snapshot was copied`,
      { advice: 'Run again when prune has finished there, or leave --no-lock away.' },
    );
  }
}

/** A mirror was here at the last run. An unmounted disk looks the same. */
export class MirrorGoneError extends RepositoryError {
  constructor(target: string, lookedAt: string) {
    super('repository.mirror-gone', `the mirror that was at ${target} on ${lookedAt} is gone`, {
      advice:
        'Check that the disk is mounted and the place is right. `octobox mirror --anew` sends everything again.',
    });
  }
}
