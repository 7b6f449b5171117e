import type { DamagedFileError } from '@octobox/repository';
import {
  compareSnapshots,
  matchesFilter,
  type Repository,
  type Snapshot,
  type SnapshotFilter,
} from '@octobox/repository/store';
import { describeFile } from '@octobox/storage/errors';
import { CliError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import { plural, shortId } from '../output/quantities.ts';
import type { Cli } from '../verb.ts';

export interface ChosenSnapshots {
  readonly found: Snapshot[];
  /** What of them cannot be read; it may or may not pass the filter. */
  readonly damaged: DamagedFileError[];
}

/** Named snapshots as they are named (a name that matches nothing is an error); else all that pass the filter. */
export async function chooseSnapshots(
  repository: Repository,
  names: readonly string[],
  filter: SnapshotFilter,
  signal: AbortSignal,
): Promise<ChosenSnapshots> {
  const found = new Map<string, Snapshot>();
  const damaged: DamagedFileError[] = [];
  for (const name of names) {
    const snapshot = await repository.snapshot(name, filter, { signal });
    found.set(snapshot.id, snapshot);
  }
  if (names.length === 0) {
    for await (const { snapshot, error } of repository.readSnapshots({ signal })) {
      if (error !== undefined) damaged.push(error);
      else if (matchesFilter(snapshot, filter)) found.set(snapshot.id, snapshot);
    }
  }
  return { found: [...found.values()].sort(compareSnapshots), damaged };
}

/** Names what is missing from a verb's result; gives the error that the verb ends with. */
export async function tellDamaged(
  { out }: Cli,
  damaged: readonly DamagedFileError[],
  flags: OutputFlags,
  missingFrom: string,
): Promise<CliError> {
  await out.flush();
  for (const { file, message } of damaged) {
    const item = describeFile(file);
    out.say(
      flags.json
        ? JSON.stringify({ message_type: 'error', error: { message }, during: 'snapshots', item })
        : `octobox: ${message}`,
    );
  }
  const one = damaged.length === 1;
  return new CliError(
    'cli.findings',
    `${plural(damaged.length, 'snapshot')} cannot be read and ${one ? 'is' : 'are'} not in the ${missingFrom}`,
    {
      advice:
        `The others can be used by their ids. To mend this, restore ${one ? 'the damaged file' : 'the damaged files'}\n` +
        `from a copy of the repository. Only when there is none, give ${one ? 'it' : 'them'} up:\n` +
        `octobox repair snapshots --forget ${damaged.map(({ file }) => shortId(file.name)).join(' ')}`,
    },
  );
}
