import { dumpFile } from '@octobox/repository';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { writeWholeFile } from '../snapshot/write-whole-file.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags {
  readonly target?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Writes the content of one file of a snapshot to standard output, e.g. a database dump into its loader.\n' +
        'Every piece is verified before it is written; after damage the output ends early and the exit code\n' +
        'is 1, so look at it (set -o pipefail) before trusting what came through a pipe.',
    )
    .argument('<snapshot>', 'an id, the beginning of one, latest, or any of them with :folder behind it')
    .argument('<file>', 'its path within the snapshot, as ls shows it')
    .option('-t, --target <file>', 'write to this file instead; it appears only when it is whole')
    .action(async (name: string, file: string) => {
      const flags = optionsOf<Flags>(command);
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const snapshot = await repository.snapshot(name, snapshotFilter(flags, cli.env), { signal });
      const content = dumpFile(repository, snapshot, file, { signal });
      if (flags.target !== undefined) await writeWholeFile(flags.target, content);
      else for await (const piece of content) await cli.out.write(piece);
    });
  addSnapshotFilter(command, { purpose: 'for latest: only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}
