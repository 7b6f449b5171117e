import { describeGroup, groupSnapshots } from '@octobox/repository/groups';
import { compareSnapshots, type Snapshot } from '@octobox/repository/store';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { positiveNumber } from '../options/values.ts';
import { snapshotJson } from '../output/snapshot-json.ts';
import { snapshotTable } from '../output/snapshot-table.ts';
import { chooseSnapshots, tellDamaged } from '../snapshot/choose-snapshots.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags {
  readonly compact?: boolean;
  readonly latest?: number;
  readonly groupBy?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .description('Lists the snapshots of a repository, oldest first.')
    .argument('[snapshot...]', 'only these: ids, beginnings of ids, or latest')
    .option('-c, --compact', 'without paths, one tag a line')
    .option('-g, --group-by <keys>', 'one table for each group: host, paths, tags, separated by commas')
    .option('--latest <n>', 'only the newest n of each group, or of each host and paths', positiveNumber)
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { found, damaged } = await chooseSnapshots(
        repository,
        names,
        snapshotFilter(flags, cli.env),
        lock.signal,
      );
      const shown = flags.latest === undefined ? found : newestOfEach(found, flags.latest, flags.groupBy);
      await (flags.groupBy === undefined || flags.groupBy === ''
        ? printPlain(cli, shown, flags)
        : printGroups(cli, shown, flags.groupBy, flags));
      if (damaged.length > 0) throw await tellDamaged(cli, damaged, flags, 'list');
    });
  addSnapshotFilter(command, { purpose: 'only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or a snapshot is damaged and missing from the list, or the command line was wrong',
  });
}

/** Of each group that is shown; of each host and set of paths when none are. */
function newestOfEach(snapshots: readonly Snapshot[], count: number, groupBy = ''): Snapshot[] {
  return groupSnapshots(snapshots, groupBy === '' ? 'host,paths' : groupBy)
    .flatMap((group) => [...group.snapshots].sort(compareSnapshots).slice(-count))
    .sort(compareSnapshots);
}

async function printPlain(
  { out }: Cli,
  snapshots: readonly Snapshot[],
  flags: Flags & { json?: boolean },
): Promise<void> {
  if (flags.json) return out.printJson(snapshots.map(snapshotJson));
  if (snapshots.length === 0) return out.say('there are no such snapshots');
  await out.printAll(snapshotTable(snapshots, { compact: flags.compact }));
}

async function printGroups(
  { out }: Cli,
  snapshots: readonly Snapshot[],
  by: string,
  flags: Flags & { json?: boolean },
): Promise<void> {
  const groups = groupSnapshots(snapshots, by);
  if (flags.json) {
    const used = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list);
    return out.printJson(
      groups.map(({ key, snapshots: members }) => ({
        group_key: { hostname: key.host, paths: used(key.paths), tags: used(key.tags) },
        snapshots: members.map(snapshotJson),
      })),
    );
  }
  for (const { key, snapshots: members } of groups) {
    await out.print(`snapshots of ${describeGroup(key)}:`);
    await out.printAll(snapshotTable(members, { compact: flags.compact }));
  }
}
