import { RepositoryError } from '../errors.ts';

/** Writing the tree again would lose something of it: another program wrote it in a way that is not known here. */
export class TreeNotReproducibleError extends RepositoryError {
  readonly tree: string;
  readonly path: string;
  constructor(tree: string, path: string) {
    super(
      'repository.tree-not-reproducible',
      `the folder ${path} (tree ${tree}) cannot be written again without losing information`,
      { advice: 'Its snapshots cannot be rewritten; nothing was changed.' },
    );
    this.tree = tree;
    this.path = path;
  }
}

/** What was planned is not what is there any more. */
export class RewritePlanOutdatedError extends RepositoryError {
  constructor(snapshot: string) {
    super('repository.plan-outdated', `snapshot ${snapshot.slice(0, 8)} would not become what was planned`, {
      advice: 'The repository changed meanwhile. Make a new plan; no snapshot was changed.',
    });
  }
}
