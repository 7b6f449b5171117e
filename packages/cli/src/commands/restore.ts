import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { addExcludeOptions } from '../options/exclude-options.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { collect, oneOf } from '../options/values.ts';
import { type RestoreFlags, restoreToFolder } from '../restore/restore-to-folder.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags, RestoreFlags {
  readonly target?: string;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Restores a snapshot, or a part of it, into a folder, with owners, times, links and attributes.\n' +
        'What is right already is not written again, so an interrupted restore can simply be run once more.\n' +
        'Danger: files of the target that differ are replaced (see --overwrite), and --delete removes what the\n' +
        'snapshot does not hold. Look at --dry-run -vv first.',
    )
    .argument('<snapshot>', 'an id, the beginning of one, latest, or any of them with :folder behind it')
    .option('-t, --target <folder>', 'where to restore to; made when it is missing')
    .option('-i, --include <pattern>', 'restore only what matches (repeatable)', collect)
    .option('--iinclude <pattern>', 'the same without regard to case (repeatable)', collect)
    .option('--include-file <file>', 'patterns in a file, one a line, # comments (repeatable)', collect)
    .option('--iinclude-file <file>', 'the same without regard to case (repeatable)', collect)
    .option(
      '--overwrite <rule>',
      'what exists is replaced: always (default), if-changed, if-newer, never',
      oneOf('always', 'if-changed', 'if-newer', 'never'),
    )
    .option('--delete', 'remove from restored folders what the snapshot does not hold')
    .option('-n, --dry-run', 'write nothing, only say what would be done')
    .option('--verify', 'read every written file back')
    .option('--sparse', 'leave holes where files hold zeros')
    .action(async (name: string) => {
      const flags = optionsOf<Flags>(command);
      if (flags.target === undefined) {
        throw new UsageError('it is not said where to restore to', {
          advice: 'Name a folder with --target.',
        });
      }
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      // The folder is looked up by the restore itself: totals are those of the whole snapshot.
      const colon = name.indexOf(':');
      const [id, folder] = colon === -1 ? [name, '/'] : [name.slice(0, colon), name.slice(colon + 1)];
      const snapshot = await repository.snapshot(id, snapshotFilter(flags, cli.env), { signal: lock.signal });
      await restoreToFolder(
        cli,
        repository,
        { snapshot, folder, target: flags.target, signal: lock.signal },
        flags,
      );
    });
  addExcludeOptions(command, 'leave out');
  addSnapshotFilter(command, { purpose: 'for latest: only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or some entries could not be restored, or the command line was wrong',
  });
}
