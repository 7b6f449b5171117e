import type { DamagedFileError } from '@octobox/repository';
import {
  compareSnapshots,
  matchesFilter,
  type Repository,
  type Snapshot,
  type SnapshotFilter,
} from '@octobox/repository/store';
import { CliError } from '../errors.ts';
import { plural } from '../output/quantities.ts';
import type { Cli } from '../verb.ts';

export interface SelectedSnapshots {
  /** What was asked for, oldest first. */
  readonly chosen: readonly Snapshot[];
  /** Every snapshot that can be read. */
  readonly all: readonly Snapshot[];
  /** Files that cannot be read; empty when snapshots were named, because then nothing is guessed. */
  readonly damaged: readonly DamagedFileError[];
}

/** The snapshots that are named, or all that pass the filter when none is. */
export async function selectSnapshots(
  repository: Repository,
  names: readonly string[],
  filter: SnapshotFilter,
  signal: AbortSignal,
): Promise<SelectedSnapshots> {
  const all: Snapshot[] = [];
  const damaged: DamagedFileError[] = [];
  for await (const { snapshot, error } of repository.readSnapshots({ signal })) {
    if (error === undefined) all.push(snapshot);
    else damaged.push(error);
  }
  if (names.length === 0) {
    const chosen = all.filter((snapshot) => matchesFilter(snapshot, filter)).sort(compareSnapshots);
    return { chosen, all, damaged };
  }
  const found = new Map<string, Snapshot>();
  for (const name of names) {
    const snapshot = await repository.snapshot(name, filter, { signal });
    found.set(snapshot.id, snapshot);
  }
  return { chosen: [...found.values()].sort(compareSnapshots), all, damaged: [] };
}

/** The end of a verb that left damaged snapshot files out. */
export function assertNoneDamaged({ out }: Cli, damaged: readonly DamagedFileError[]): void {
  if (damaged.length === 0) return;
  for (const { message } of damaged) out.say(`octobox: ${message}`);
  throw new CliError(
    'cli.findings',
    `${plural(damaged.length, 'snapshot')} cannot be read and ${damaged.length === 1 ? 'stays as it is' : 'stay as they are'}`,
    {
      advice:
        'Restore the files that are named from a copy of the repository. Only when there is none,\n' +
        '`octobox repair snapshots --forget <id>` gives such a snapshot up.',
    },
  );
}
