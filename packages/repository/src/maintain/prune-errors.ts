import { RepositoryError } from '../errors.ts';

/** Pruning now could lose data: blobs or packs that snapshots need are missing or not as the index says. */
export class PruneRefusedError extends RepositoryError {
  /** One line each; the first hundred. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[], total: number, options: { cause?: unknown } = {}) {
    const more = total > problems.length ? ` and ${total - problems.length} more` : '';
    super(
      'repository.prune-refused',
      `prune would make damage worse: ${problems.slice(0, 3).join('; ')}${more}`,
      {
        ...options,
        advice: 'Run check; nothing was changed.',
      },
    );
    this.problems = problems;
  }
}

/** Snapshots or index files are not those that the plan was made from. */
export class PrunePlanOutdatedError extends RepositoryError {
  constructor(what: string) {
    super('repository.plan-outdated', `${what} changed since the prune was planned`, {
      advice: 'Make a new plan; nothing was changed.',
    });
  }
}

export class InvalidPruneOptionError extends RepositoryError {
  constructor(message: string, advice: string) {
    super('repository.invalid-prune-option', message, { advice });
  }
}
