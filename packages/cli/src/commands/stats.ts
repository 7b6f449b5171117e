import {
  COUNTING_MODES,
  type CountingMode,
  countRepository,
  type RepositoryStatistics,
} from '@octobox/repository/statistics';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { oneOf } from '../options/values.ts';
import { bytes } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { chooseSnapshots, tellDamaged } from '../snapshot/choose-snapshots.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags {
  readonly mode?: CountingMode;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Counts what snapshots hold, in one of four ways. restore-size: what restoring each of them writes.\n' +
        'files-by-contents: every file content once. blobs-per-file: the blobs of each content, by path.\n' +
        'raw-data: what is stored for them in the repository, and how well it is compressed.',
    )
    .argument('[snapshot...]', 'only these: ids, beginnings of ids, or latest')
    .option('--mode <mode>', `${COUNTING_MODES.join(', ')} (default: restore-size)`, oneOf(...COUNTING_MODES))
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      const mode = flags.mode ?? 'restore-size';
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const { found, damaged } = await chooseSnapshots(
        repository,
        names,
        snapshotFilter(flags, cli.env),
        signal,
      );
      const statistics = await (async (): Promise<RepositoryStatistics> => {
        await using progress = startVerbProgress(cli, flags);
        return await countRepository(repository, found, {
          mode,
          signal,
          onProgress: ({ files }) =>
            progress.update({
              step: 'counting',
              done: files,
              unit: mode === 'raw-data' ? 'trees' : 'entries',
            }),
        });
      })();
      if (flags.json) await cli.out.printJson(statisticsJson(statistics));
      else await cli.out.printAll(statisticsLines(statistics, mode));
      if (damaged.length > 0) throw await tellDamaged(cli, damaged, flags, 'sums');
    });
  addSnapshotFilter(command, { purpose: 'only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or a snapshot is damaged and missing from the sums, or the command line was wrong',
  });
}

/** restic's fields; those that are nothing are left out. */
const statisticsJson = (counted: RepositoryStatistics): object => ({
  total_size: counted.totalSize,
  total_uncompressed_size: counted.uncompressedSize || undefined,
  compression_ratio: counted.compressionRatio || undefined,
  compression_progress: counted.compressionProgress || undefined,
  compression_space_saving: counted.compressionSpaceSaving || undefined,
  total_file_count: counted.files || undefined,
  total_blob_count: counted.blobs || undefined,
  snapshots_count: counted.snapshots,
});

function statisticsLines(counted: RepositoryStatistics, mode: CountingMode): string[] {
  const { files, blobs, uncompressedSize, compressionProgress, compressionRatio, compressionSpaceSaving } =
    counted;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Snapshots processed', String(counted.snapshots)],
    ['Total Blob Count', blobs > 0 ? String(blobs) : undefined],
    ['Total File Count', files > 0 ? String(files) : undefined],
    ['Total Uncompressed Size', uncompressedSize ? bytes(uncompressedSize) : undefined],
    ['Total Size', bytes(counted.totalSize)],
    ['Compression Progress', compressionProgress ? `${compressionProgress.toFixed(2)}%` : undefined],
    ['Compression Ratio', compressionRatio ? `${compressionRatio.toFixed(2)}x` : undefined],
    [
      'Compression Space Saving',
      compressionSpaceSaving && compressionSpaceSaving > 0
        ? `${compressionSpaceSaving.toFixed(2)}%`
        : undefined,
    ],
  ];
  return [
    `Stats in ${mode} mode:`,
    ...rows.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padStart(24)}:  ${text}`])),
  ];
}
