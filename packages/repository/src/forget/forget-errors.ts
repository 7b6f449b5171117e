import { RepositoryError } from '../errors.ts';
import type { SnapshotGroupKey } from '../store/snapshots/snapshot-groups.ts';
import { describeGroup } from '../store/snapshots/snapshot-groups.ts';

export class InvalidKeepCountError extends RepositoryError {
  constructor(count: number) {
    super('repository.invalid-keep-count', `${count} is no number of snapshots to keep`, {
      advice: "Give a whole number from 0, or 'unlimited' to keep all.",
    });
  }
}

/** No keep rule was given: forgetting by it would remove everything. */
export class EmptyPolicyError extends RepositoryError {
  constructor() {
    super('repository.empty-policy', 'no keep rule was given, so every snapshot would be removed', {
      advice: 'Give at least one keep rule; nothing was removed.',
    });
  }
}

/** The rules would remove every snapshot of a group, most often because of a mistyped tag. */
export class NothingKeptError extends RepositoryError {
  readonly group: SnapshotGroupKey;
  constructor(group: SnapshotGroupKey) {
    super(
      'repository.nothing-kept',
      `the keep rules would remove every snapshot of ${describeGroup(group)}`,
      {
        advice: 'Check the rules (a tag may be misspelt); nothing was removed.',
      },
    );
    this.group = group;
  }
}

/** Between plan and execution the snapshots that the plan keeps disappeared. */
export class ForgetPlanOutdatedError extends RepositoryError {
  constructor(group: SnapshotGroupKey) {
    super(
      'repository.plan-outdated',
      `none of the snapshots that the plan keeps of ${describeGroup(group)} exists any more`,
      { advice: 'Make a new plan; nothing was removed.' },
    );
  }
}
