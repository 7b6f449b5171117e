import { RepositoryError } from '../errors.ts';

const problemsShown = 10;

/** Pruning now could lose data: blobs or packs that snapshots need are missing or not as the index says. */
export class PruneRefusedError extends RepositoryError {
  /** One line each; the first hundred. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[], total: number, options: { cause?: unknown } = {}) {
    const shown = problems.slice(0, problemsShown);
    const lines = [
      `prune would make damage worse; ${total === 1 ? 'there is 1 problem' : `there are ${total} problems`}:`,
      ...shown,
      ...(total > shown.length ? [`and ${total - shown.length} more`] : []),
    ];
    super('repository.prune-refused', lines.join('\n'), {
      ...options,
      advice: 'Nothing was changed. `octobox check` tells what is damaged and what can be done.',
    });
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
