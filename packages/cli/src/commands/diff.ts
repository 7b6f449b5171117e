import { type DiffStatistics, diffSnapshots, type SnapshotChange } from '@octobox/repository/diff';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { CliError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { printableBytes } from '../output/printable-bytes.ts';
import { bytes, plural, shortId } from '../output/quantities.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags {
  readonly metadata?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Shows what differs between two snapshots: + added, - removed, M other content, T another type,\n' +
        'U other metadata (with --metadata); M? is other content although size and times are the same, as when a\n' +
        'disk goes bad. What is the same in both is not read. Compare folders with snapshot:folder.',
    )
    .argument('<snapshot>', 'the earlier one: an id, the beginning of one, or latest, with :folder behind it')
    .argument('<snapshot>', 'the later one')
    .option('--metadata', 'show changes of owner, mode, times and attributes as well')
    .action(async (earlier: string, later: string) => {
      const flags = optionsOf<Flags>(command);
      const { out } = cli;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const [before, after] = [
        await repository.snapshot(earlier, {}, { signal }),
        await repository.snapshot(later, {}, { signal }),
      ];
      if (!flags.json && !flags.quiet) {
        out.say(`comparing snapshot ${shortId(before.id)} to ${shortId(after.id)}:`);
      }
      const statistics = await diffSnapshots(repository, before, after, {
        metadata: flags.metadata,
        signal,
        onChange: (change) => tell(cli, change, flags),
        onProblem: (problem) => out.say(`octobox: ${problem}`),
      });
      if (flags.json) await out.printJson(statisticsJson(statistics, earlier, later));
      else await out.printAll(statisticsLines(statistics));
      if (statistics.problems > 0) {
        throw new CliError(
          'cli.findings',
          `${plural(statistics.problems, 'problem')}: the comparison has gaps where the messages above say so`,
          { advice: 'Run `octobox check` to see what else is damaged.' },
        );
      }
    });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

function tell(
  { out }: Cli,
  { path, modifier }: SnapshotChange,
  flags: Flags & { quiet?: boolean; json?: boolean },
): Promise<void> | undefined {
  if (flags.quiet) return undefined;
  if (flags.json) return out.printJson({ message_type: 'change', path: path.toString(), modifier });
  return out.print(Buffer.concat([Buffer.from(modifier.padEnd(5)), printableBytes(path, out.isTerminal)]));
}

const countsJson = ({
  files,
  dirs,
  others,
  dataBlobs,
  treeBlobs,
  bytes: size,
}: DiffStatistics['added']): object => ({
  files,
  dirs,
  others,
  data_blobs: dataBlobs,
  tree_blobs: treeBlobs,
  bytes: size,
});

/** restic's statistics message. */
const statisticsJson = (
  { changedFiles, added, removed }: DiffStatistics,
  source: string,
  target: string,
): object => ({
  message_type: 'statistics',
  source_snapshot: source,
  target_snapshot: target,
  changed_files: changedFiles,
  added: countsJson(added),
  removed: countsJson(removed),
});

function statisticsLines({ changedFiles, added, removed }: DiffStatistics): string[] {
  const cell = (count: number): string => String(count).padStart(5);
  const pair = (now: number, before: number): string => `${cell(now)} new, ${cell(before)} removed`;
  return [
    '',
    `Files:       ${pair(added.files, removed.files)}, ${cell(changedFiles)} changed`,
    `Dirs:        ${pair(added.dirs, removed.dirs)}`,
    `Others:      ${pair(added.others, removed.others)}`,
    `Data Blobs:  ${pair(added.dataBlobs, removed.dataBlobs)}`,
    `Tree Blobs:  ${pair(added.treeBlobs, removed.treeBlobs)}`,
    `  Added:   ${bytes(added.bytes).padEnd(5)}`,
    `  Removed: ${bytes(removed.bytes).padEnd(5)}`,
  ];
}
