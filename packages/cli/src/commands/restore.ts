import type { Command } from 'commander';
import { findRepository } from '../access/location.ts';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { addExcludeOptions } from '../options/exclude-options.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { collect, oneOf } from '../options/values.ts';
import { isForPlatform, type SourceNames } from '../platform/is-for-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import type { SourceRestoreFlags } from '../platform/restore-source.ts';
import { restoreToFolder } from '../restore/restore-to-folder.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags, PlatformFlags, SourceRestoreFlags, SourceNames {}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Restores a snapshot, or a part of it, into a folder, with owners, times, links and attributes.\n' +
        'What is right already is not written again, so an interrupted restore can simply be run once more.\n' +
        'Danger: files of the target that differ are replaced (see --overwrite), and --delete removes what the\n' +
        'snapshot does not hold. Look at --dry-run -vv first.\n' +
        'A protected source (--source, or its name when no repository is given) goes back in place of the live\n' +
        'one unless --target is given, is verified, and is measured. That replaces live data, so it is asked\n' +
        'about on a terminal and needs --yes in a script.',
    )
    .argument(
      '[snapshot]',
      'an id, the beginning of one, latest, or any of them with :folder behind it; or the name of a source',
    )
    .option(
      '--source <name>',
      'a protected source; the snapshot is then its newest good one unless named',
      collect,
    )
    .option('--yes', 'restore a source in place without being asked')
    .option('-t, --target <folder>', 'where to restore to; made when it is missing')
    .option('-i, --include <pattern>', 'restore only what matches (repeatable)', collect)
    .option('--iinclude <pattern>', 'the same without regard to case (repeatable)', collect)
    .option(
      '--include-file <file>',
      'patterns in a file, one a line, # comments, $NAME from the environment (repeatable)',
      collect,
    )
    .option('--iinclude-file <file>', 'the same without regard to case (repeatable)', collect)
    .option(
      '--overwrite <rule>',
      'what exists is replaced: always (default), if-changed, if-newer, never',
      oneOf('always', 'if-changed', 'if-newer', 'never'),
    )
    .option('--delete', 'remove from restored folders what the snapshot does not hold')
    .option('-n, --dry-run', 'write nothing, only say what would be done')
    .option('--ownership-by-name', 'owners and groups by their names here, not by their numbers')
    .option('--exclude-xattr <pattern>', 'leave out extended attributes, e.g. user.* (repeatable)', collect)
    .option('--include-xattr <pattern>', 'restore only these extended attributes (repeatable)', collect)
    .option('--verify', 'read every written file back')
    .option('--sparse', 'leave holes where files hold zeros')
    .action(async (name: string | undefined) => {
      const flags = optionsOf<Flags>(command);
      if ((await isForPlatform(cli, flags)) && (await restoredAsSource(cli, name, flags))) return;
      await restoreSnapshot(cli, name, flags);
    });
  addExcludeOptions(command, 'leave out');
  addSnapshotFilter(command, { purpose: 'for latest: only snapshots' });
  addPlatformOptions(command);
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or some entries could not be restored, or the command line was wrong',
  });
}

/** False when it is no source that is meant, but a snapshot of the platform's repository. */
async function restoredAsSource(cli: Cli, name: string | undefined, flags: Flags): Promise<boolean> {
  const named = flags.source ?? [];
  if (named.length > 1) throw new UsageError('one source is restored at a time');
  const { openOwnPlatform } = await import('../platform/open-own-platform.ts');
  const { restoreSource } = await import('../platform/restore-source.ts');
  await using platform = await openOwnPlatform(cli, flags);
  const [wanted] = named;
  if (wanted !== undefined) {
    await restoreSource(cli, platform, await platform.catalog.source(wanted), name, flags);
    return true;
  }
  const source = (await platform.catalog.sources()).find((one) => one.name === name);
  if (source === undefined) return false;
  await restoreSource(cli, platform, source, undefined, flags);
  return true;
}

async function restoreSnapshot(cli: Cli, name: string | undefined, flags: Flags): Promise<void> {
  await findRepository(cli, flags);
  if (name === undefined) throw new UsageError('no snapshot is named', { advice: 'Name one, or latest.' });
  if (flags.target === undefined) {
    throw new UsageError('it is not said where to restore to', { advice: 'Name a folder with --target.' });
  }
  await using repository = await openRepository(cli, flags);
  await using lock = await lockRepository(cli, repository, 'shared', flags, () => repository.loadIndex());
  const { signal } = lock;
  // The folder is looked up by the restore itself: totals are those of the whole snapshot.
  const colon = name.indexOf(':');
  const [id, folder] = colon === -1 ? [name, '/'] : [name.slice(0, colon), name.slice(colon + 1)];
  const snapshot = await repository.snapshot(id, snapshotFilter(flags, cli.env), { signal });
  await restoreToFolder(cli, repository, { snapshot, folder, target: flags.target, signal }, flags);
}
