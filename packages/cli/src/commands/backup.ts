import { hostname } from 'node:os';
import type { Repository } from '@octobox/repository';
import {
  type BackupItem,
  type BackupProgress,
  type BackupResult,
  type BackupWarning,
  backupFiles,
  backupStreams,
  type CommonBackupOptions,
  EarlyThreads,
  type FilesToBackUp,
  PreparedFiles,
} from '@octobox/repository/backup';
import type { Command } from 'commander';
import { findRepository } from '../access/location.ts';
import {
  beginRepositoryLock,
  type OpenFlags,
  openRepository,
  passwordFlags,
} from '../access/open-repository.ts';
import {
  type BackupState,
  backupState,
  backupStatusJson,
  incompleteBackup,
  itemErrorLine,
  itemLine,
  printBackup,
  warningLine,
} from '../backup/report.ts';
import { type SourceFlags, sourcePaths } from '../backup/source-paths.ts';
import { UsageError } from '../errors.ts';
import { addExcludeOptions, type ExcludeFlags, excludePatterns } from '../options/exclude-options.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { standardInput as standardInputName } from '../options/file-lines.ts';
import { addRepositoryOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { tagList } from '../options/snapshot-filter.ts';
import { collect, pointInTime, size, wholeNumber } from '../options/values.ts';
import type { Progress } from '../output/progress.ts';
import { sayStorageUse, storageJson } from '../output/storage-use.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { refuseSharedInput } from '../password/password.ts';
import { isForPlatform, type SourceNames } from '../platform/is-for-platform.ts';
import { addPlatformOptions, type PlatformFlags } from '../platform/platform-options.ts';
import type { Cli } from '../verb.ts';
import { programVersion } from '../version.ts';

interface Flags extends OpenFlags, OutputFlags, SourceFlags, ExcludeFlags, PlatformFlags, SourceNames {
  readonly excludeCaches?: boolean;
  readonly excludeIfPresent?: readonly string[];
  readonly excludeLargerThan?: number;
  readonly oneFileSystem?: boolean;
  readonly tag?: readonly string[];
  readonly host?: string;
  readonly time?: Date;
  readonly parent?: string;
  readonly groupBy?: string;
  readonly skipIfUnchanged?: boolean;
  /** False with `--no-scan`. */
  readonly scan?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
  readonly stdinFromCommand?: boolean;
  readonly readConcurrency?: number;
  readonly withAtime?: boolean;
  readonly ignoreInode?: boolean;
  readonly ignoreCtime?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Writes a new snapshot of files and folders, of standard input, or of what a program prints.\n' +
        'Only what changed since the snapshot before is read, and only what is new is stored.\n' +
        'A source that is missing or cannot be read is named, the rest is saved, and the exit code is 3.\n' +
        'Damaged snapshots and folders of the repository are warned of, and read again from the source. Contents\n' +
        'that the index lists are taken to be there: `check --read-data` proves it.\n' +
        'A stream that fails, or that is empty, writes no snapshot at all.\n' +
        'Without a repository (-r, RESTIC_REPOSITORY …) it takes backups of protected sources now: of those\n' +
        'that are named, else of all.',
    )
    .argument(
      '[path...]',
      'files and folders; with --stdin-from-command a program and its arguments; without a repository, names of sources',
    )
    .option('--source <name>', 'a protected source, also when a repository is named (repeatable)', collect)
    .option('-n, --dry-run', 'read and count, store nothing')
    .option('-f, --force', 'read every file again, even if it looks unchanged')
    .option(
      '--parent <snapshot>',
      'compare with this snapshot (default: the newest of the same host and paths)',
    )
    .option(
      '-g, --group-by <keys>',
      'what that one must have in common: host, paths, tags, or nothing (default: host,paths)',
    )
    .option('--skip-if-unchanged', 'write no snapshot when nothing has changed since that one')
    .option(
      '--no-scan',
      'show no percentage (it comes from the snapshot before; for a first backup files are counted beside it)',
    )
    .option('--tag <tag[,tag...]>', 'tags of the snapshot (repeatable)', collect)
    .option('-H, --host <host>', "the snapshot's host (default: this machine; environment: RESTIC_HOST)")
    .option('--time <time>', "the snapshot's time, e.g. 2026-11-01 22:08:41 (default: now)", pointInTime)
    .option('-x, --one-file-system', 'stay on the file systems of the named paths')
    .option('--exclude-caches', 'leave out folders marked by a CACHEDIR.TAG')
    .option(
      '--exclude-if-present <file[:text]>',
      'leave out folders that hold such a file (repeatable)',
      collect,
    )
    .option('--exclude-larger-than <size>', 'leave out larger files', size)
    .option(
      '--files-from <file>',
      'read paths from a file, patterns allowed, # comments (repeatable)',
      collect,
    )
    .option('--files-from-verbatim <file>', 'the same, every line as it is (repeatable)', collect)
    .option('--files-from-raw <file>', 'the same, each ended by a NUL byte (repeatable)', collect)
    .option('--stdin', 'back up what comes on standard input')
    .option('--stdin-from-command', 'run the arguments as a program and back up what it prints')
    .option('--stdin-filename <name>', 'the name of the stream in the snapshot (default: stdin)')
    .option(
      '--read-concurrency <n>',
      'read so many files at once (environment: RESTIC_READ_CONCURRENCY)',
      wholeNumber,
    )
    .option('--with-atime', 'keep access times')
    .option('--ignore-inode', 'a new inode or change time alone does not make a file changed')
    .option('--ignore-ctime', 'a new change time alone does not make a file changed')
    .action(async (args: string[]) => {
      const flags = optionsOf<Flags>(command);
      const isStream = flags.stdin === true || flags.stdinFromCommand === true;
      if (!isStream && (await isForPlatform(cli, flags))) {
        const { backupSources } = await import('../platform/backup-sources.ts');
        return await backupSources(cli, args, flags);
      }
      checkCombination(args, flags);
      // Both before the password is asked for: a forgotten repository and a mistyped path are likelier troubles.
      const place = await findRepository(cli, flags);
      const input = takenInput(flags);
      if (input !== undefined) refuseSharedInput(cli, passwordFlags(place, flags), input);
      const sources = isStream ? undefined : await sourcePaths(cli, args, flags);
      const started = performance.now();
      // The sources are listed while the key is derived and the lock is waited for.
      const what = sources === undefined ? undefined : await filesToBackUp(cli, sources.paths, flags);
      using prepared = what === undefined ? undefined : new PreparedFiles(what);
      // So are the threads started, when they are needed for sure.
      using threads = new EarlyThreads();
      if (what === undefined) threads.start();
      await using repository = await openRepository(cli, flags, (storage) => threads.startForFirst(storage));
      await using lock = await beginRepositoryLock(cli, repository, 'shared', flags);
      const result = await withProgress(cli, flags, (progress) =>
        what === undefined
          ? backUpStream(repository, args, { ...common(cli, flags, lock, progress), threads }, flags)
          : backupFiles(
              repository,
              { ...fileOptions(cli, flags, lock, progress), ...what, threads },
              prepared,
            ),
      );
      const seconds = (performance.now() - started) / 1000;
      const storage = storageJson(repository.metrics);
      await printBackup(cli, result, { ...flags, seconds, dryRun: flags.dryRun ?? false, storage });
      sayStorageUse(cli, repository, flags);
      const incomplete = incompleteBackup(result, sources?.missing ?? []);
      if (incomplete !== undefined) throw incomplete;
    });
  addExcludeOptions(command, 'leave out');
  addPlatformOptions(command);
  addRepositoryOptions(command);
  addExitCodes(command, [3, 4, ...repositoryExitCodes], {
    1: 'it failed and no snapshot was written, or the command line was wrong',
    4: 'of protected sources: a backup was taken, and is not counted on since the source looks suspicious or lacks something',
  });
}

function checkCombination(args: readonly string[], flags: Flags): void {
  if (flags.stdinFromCommand) {
    if (flags.stdin) throw new UsageError('--stdin and --stdin-from-command exclude each other');
    if (args.length === 0) throw new UsageError('--stdin-from-command needs a program and its arguments');
  } else if (flags.stdin && args.length > 0) {
    throw new UsageError('--stdin and paths exclude each other');
  }
  const lists = [flags.filesFrom, flags.filesFromVerbatim, flags.filesFromRaw].some(
    (list) => list !== undefined,
  );
  if ((flags.stdin || flags.stdinFromCommand) && (lists || flags.dryRun)) {
    throw new UsageError(`a stream cannot be combined with ${lists ? '--files-from' : '--dry-run'}`);
  }
  if (flags.force && flags.parent !== undefined) {
    throw new UsageError('--force and --parent exclude each other: --force compares with nothing');
  }
  if (flags.force && flags.skipIfUnchanged) {
    throw new UsageError('--force and --skip-if-unchanged exclude each other: --force compares with nothing');
  }
}

/** What standard input is, when it is something. */
function takenInput(flags: Flags): string | undefined {
  if (flags.stdin) return 'what is backed up';
  const lists = [flags.filesFrom, flags.filesFromVerbatim, flags.filesFromRaw].flat();
  return lists.includes(standardInputName) ? 'the list of files' : undefined;
}

async function withProgress(
  cli: Cli,
  flags: Flags,
  work: (progress: Progress<BackupState>) => Promise<BackupResult>,
): Promise<BackupResult> {
  await using progress = startVerbProgress<BackupState>(cli, flags, backupStatusJson);
  return await work(progress);
}

type BegunLock = Awaited<ReturnType<typeof beginRepositoryLock>>;

function common(cli: Cli, flags: Flags, { signal, lockHeld }: BegunLock, progress: Progress<BackupState>) {
  return {
    host: flags.host ?? cli.env.host ?? hostname(),
    tags: (flags.tag ?? []).flatMap(tagList).filter((tag) => tag !== ''),
    time: flags.time,
    programVersion,
    watchForIntrusion: true,
    noLock: true,
    lockHeld,
    signal,
    onProgress: ({ filesTotal, bytesTotal, ...state }: BackupProgress) =>
      progress.update(backupState(flags.scan === false ? state : { ...state, filesTotal, bytesTotal })),
    onWarning: (warning: BackupWarning) => cli.out.say(warningLine(flags, warning)),
  };
}

async function filesToBackUp(
  cli: Cli,
  paths: readonly (string | Buffer)[],
  flags: Flags,
): Promise<FilesToBackUp> {
  const { excludes, iexcludes } = await excludePatterns(cli, flags);
  return {
    paths,
    excludes,
    iexcludes,
    excludeCaches: flags.excludeCaches,
    excludeIfPresent: flags.excludeIfPresent,
    excludeLargerThan: flags.excludeLargerThan,
    oneFileSystem: flags.oneFileSystem,
    withAtime: flags.withAtime,
  };
}

function fileOptions(cli: Cli, flags: Flags, lock: BegunLock, progress: Progress<BackupState>) {
  return {
    ...common(cli, flags, lock, progress),
    parent: flags.parent,
    groupBy: flags.groupBy,
    skipIfUnchanged: flags.skipIfUnchanged,
    force: flags.force,
    dryRun: flags.dryRun,
    scan: flags.scan !== false && flags.quiet !== true,
    readConcurrency: flags.readConcurrency ?? readConcurrency(cli),
    ignoreInode: flags.ignoreInode,
    ignoreCtime: flags.ignoreCtime,
    onItem:
      (flags.verbose ?? 0) >= 2 ? (item: BackupItem) => cli.out.printSoon(itemLine(flags, item)) : undefined,
    onError: (path: string, error: Error) => cli.out.say(itemErrorLine(flags, path, error.message)),
  };
}

function readConcurrency({ env }: Cli): number | undefined {
  if (env.readConcurrency === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(env.readConcurrency)) {
    throw new UsageError('RESTIC_READ_CONCURRENCY must be a whole number from 1');
  }
  return Number(env.readConcurrency);
}

async function backUpStream(
  repository: Repository,
  args: readonly string[],
  options: CommonBackupOptions & { readonly signal: AbortSignal },
  flags: Flags,
): Promise<BackupResult> {
  const name = (flags.stdinFilename ?? 'stdin').replace(/^\/+/, '');
  const { commandOutput, standardInput } = await import('../backup/stream-input.ts');
  const content = flags.stdinFromCommand ? commandOutput(args, options.signal) : standardInput();
  return backupStreams(repository, {
    ...options,
    folder: '/',
    snapshotPaths: [`/${name}`],
    files: [{ path: name, content }],
  });
}
