import { dumpPath } from '@octobox/repository/archive';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { oneOf } from '../options/values.ts';
import { printable } from '../output/snapshot-table.ts';
import { writeWholeFile } from '../snapshot/write-whole-file.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags {
  readonly archive?: 'tar' | 'zip';
  readonly target?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Writes the content of one file of a snapshot to standard output, e.g. a database dump into its loader,\n' +
        'or a folder as a tar or zip archive; / is everything. tar keeps owners, times, links, devices and\n' +
        'attributes, zip only modes, times and symbolic links.\n' +
        'Every piece is verified before it is written; after damage the output ends early and the exit code\n' +
        'is 1, so look at it (set -o pipefail) before trusting what came through a pipe.',
    )
    .argument('<snapshot>', 'an id, the beginning of one, latest, or any of them with :folder behind it')
    .argument('<path>', 'a file or folder within the snapshot, as ls shows it')
    .option('-a, --archive <format>', 'what a folder becomes: tar or zip (default: tar)', oneOf('tar', 'zip'))
    .option('-t, --target <file>', 'write to this file instead; it appears only when it is whole')
    .action(async (name: string, path: string) => {
      const flags = optionsOf<Flags>(command);
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const snapshot = await repository.snapshot(name, snapshotFilter(flags, cli.env), { signal });
      const { isArchive, content } = await dumpPath(repository, snapshot, path, {
        format: flags.archive ?? 'tar',
        signal,
        onSkipped: (entry, reason) => cli.out.say(`octobox: ${printable(entry)} is left out: ${reason}`),
      });
      if (flags.target !== undefined) return await writeWholeFile(flags.target, content);
      if (isArchive && cli.out.isTerminal) {
        throw new UsageError('an archive is nothing for a terminal', {
          advice: 'Send it to a file or a program: `| tar -x`, `> folder.tar`, or --target.',
        });
      }
      for await (const piece of content) await cli.out.write(piece);
    });
  addSnapshotFilter(command, { purpose: 'for latest: only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}
