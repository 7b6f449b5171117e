import type { Repository, Snapshot } from '@octobox/repository';
import { type RestoreResult, restoreSnapshot } from '@octobox/repository/restore';
import type { StorageMetrics } from '@octobox/storage';
import { CliError, UsageError } from '../errors.ts';
import { noteVerified } from '../maintain/verified-record.ts';
import { type ExcludeFlags, excludePatterns, patternsOf } from '../options/exclude-options.ts';
import type { OutputFlags } from '../options/global-options.ts';
import { describeError } from '../output/error-report.ts';
import { plural } from '../output/quantities.ts';
import { sayStorageUse, storageJson } from '../output/storage-use.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { describeSnapshot } from '../snapshot/describe-snapshot.ts';
import type { Cli } from '../verb.ts';
import {
  itemLine,
  printRestore,
  type RestoreState,
  restoreErrorLine,
  restoreState,
  restoreStatusJson,
} from './report.ts';

export interface RestoreFlags extends OutputFlags, ExcludeFlags {
  readonly include?: readonly string[];
  readonly iinclude?: readonly string[];
  readonly includeFile?: readonly string[];
  readonly iincludeFile?: readonly string[];
  readonly overwrite?: 'always' | 'if-changed' | 'if-newer' | 'never';
  readonly delete?: boolean;
  readonly ownershipByName?: boolean;
  readonly excludeXattr?: readonly string[];
  readonly includeXattr?: readonly string[];
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly sparse?: boolean;
}

export interface FolderRestore {
  readonly snapshot: Snapshot;
  /** Within the snapshot. */
  readonly folder: string;
  readonly target: string;
  /** Of the lock that is held. */
  readonly signal: AbortSignal;
  /** Set when no lock is held yet. */
  readonly takeLock?: boolean;
}

/**
 * Restores into a folder and reports it.
 * @throws CliError `cli.findings` after the summary when entries could not be restored
 */
export async function restoreToFolder(
  cli: Cli,
  repository: Repository & { readonly metrics?: StorageMetrics },
  { snapshot, folder, target, signal, takeLock = false }: FolderRestore,
  flags: RestoreFlags,
): Promise<void> {
  const started = performance.now();
  const { excludes, iexcludes } = await excludePatterns(cli, flags);
  const include = [...(flags.include ?? []), ...(await patternsOf(cli, flags.includeFile))];
  const iinclude = [...(flags.iinclude ?? []), ...(await patternsOf(cli, flags.iincludeFile))];
  if (include.length + iinclude.length > 0 && excludes.length + iexcludes.length > 0) {
    throw new UsageError('include and exclude patterns exclude each other', {
      advice: 'Give one kind; an include list may take entries back with patterns that begin with "!".',
    });
  }
  const result = await (async (): Promise<RestoreResult> => {
    await using progress = startVerbProgress<RestoreState>(cli, flags, restoreStatusJson);
    return await restoreSnapshot(repository, snapshot, {
      target,
      folder,
      include,
      iinclude,
      exclude: excludes,
      iexclude: iexcludes,
      overwrite: flags.overwrite,
      delete: flags.delete,
      ownershipByName: flags.ownershipByName,
      excludeAttributes: flags.excludeXattr,
      includeAttributes: flags.includeXattr,
      dryRun: flags.dryRun,
      verify: flags.verify,
      sparse: flags.sparse,
      noLock: !takeLock,
      signal,
      onStart: () => {
        if (!flags.json && !flags.quiet) cli.out.say(`restoring ${describeSnapshot(snapshot)} to ${target}`);
      },
      onProgress: (state) => progress.update(restoreState(state)),
      ...((flags.verbose ?? 0) >= 2 ? { onItem: (item) => cli.out.printSoon(itemLine(item, flags)) } : {}),
      onError: (path, error) => cli.out.say(restoreErrorLine(flags, path, describeError(error).message)),
      onWarning: (path, problem) => cli.out.say(restoreErrorLine(flags, path, `warning: ${problem}`)),
    });
  })();
  const seconds = (performance.now() - started) / 1000;
  const { metrics } = repository;
  const storage = metrics && storageJson(metrics);
  await printRestore(cli, result, { ...flags, target, seconds, dryRun: flags.dryRun ?? false, storage });
  if (metrics !== undefined) sayStorageUse(cli, { storage: repository.storage, metrics }, flags);
  if (result.errorCount > 0) {
    throw new CliError(
      'cli.findings',
      `${plural(result.errorCount, 'entry', 'entries')} could not be restored`,
      {
        advice: 'See the messages above. Running the restore again writes only what is missing or wrong.',
      },
    );
  }
  const isWhole =
    folder === '/' && [include, iinclude, excludes, iexcludes].every((list) => list.length === 0);
  // What exists is not looked at with these.
  const isSkipping = flags.overwrite === 'never' || flags.overwrite === 'if-newer';
  if (flags.verify && !flags.dryRun && isWhole && !isSkipping) {
    await noteVerified(cli, repository, [snapshot.tree], { all: false, quiet: flags.quiet });
  }
}
