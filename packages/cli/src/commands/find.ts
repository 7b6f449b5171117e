import type { Repository, Snapshot } from '@octobox/repository';
import { BlobFinder, blobsOfPacks, IdSet, NameFinder } from '@octobox/repository/find';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import { BlobReport } from '../find/blob-report.ts';
import { NameReport } from '../find/name-report.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { findTime } from '../options/times.ts';
import { collect } from '../options/values.ts';
import { plural } from '../output/quantities.ts';
import { chooseSnapshots, tellDamaged } from '../snapshot/choose-snapshots.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags, OutputFlags {
  readonly blob?: boolean;
  readonly tree?: boolean;
  readonly pack?: boolean;
  readonly showPackId?: boolean;
  readonly ignoreCase?: boolean;
  readonly long?: boolean;
  readonly humanReadable?: boolean;
  readonly newest?: bigint;
  readonly oldest?: bigint;
  readonly reverse?: boolean;
  readonly snapshot?: readonly string[];
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Finds files and folders by pattern in all snapshots, or in those that are chosen, newest first; or where\n' +
        'blobs, trees or packs are used. Patterns are those of --exclude: *.sql matches at any depth, /srv/*.sql\n' +
        'from the root, and a folder that matches finds everything in it. Finding nothing is no error.',
    )
    .argument('<pattern...>', 'patterns; with --blob, --tree or --pack ids, whole or their first 8 digits')
    .option('-i, --ignore-case', 'without regard to case')
    .option('-N, --newest <time>', 'only what was modified by then, e.g. "2026-11-01 22:08:41"', findTime)
    .option('-O, --oldest <time>', 'only what was modified since then', findTime)
    .option('-s, --snapshot <snapshot>', 'search in this one (repeatable)', collect)
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--human-readable', 'sizes in KiB, MiB …')
    .option('-R, --reverse', 'oldest snapshot first')
    .option('--blob', 'which files hold these blobs')
    .option('--tree', 'which folders have these trees')
    .option('--pack', 'which files and folders need these packs')
    .option('--show-pack-id', 'with ids: tell the packs that hold what was found')
    .action(async (patterns: string[]) => {
      const flags = optionsOf<Flags>(command);
      checkCombination(flags);
      // Before the password is asked for: a pattern may be wrong.
      const names = isForIds(flags) ? undefined : new NameFinder({ patterns, ...flags });
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const filter = snapshotFilter(flags, cli.env);
      const { found, damaged } = await chooseSnapshots(repository, flags.snapshot ?? [], filter, signal);
      const snapshots = flags.reverse ? found : found.reverse();
      await repository.loadIndex({ signal });
      const unread = new Unread(cli);
      if (names === undefined) await findIds(cli, repository, patterns, snapshots, { flags, signal, unread });
      else await findNames(cli, repository, names, snapshots, { flags, signal, unread });
      if (damaged.length > 0) throw await tellDamaged(cli, damaged, flags, 'search');
      unread.end();
    });
  addSnapshotFilter(command, { purpose: 'only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'it failed, or something could not be searched because it is damaged, or the command line was wrong',
  });
}

const isForIds = ({ blob, tree, pack }: Flags): boolean => blob === true || tree === true || pack === true;

function checkCombination(flags: Flags): void {
  if ([flags.blob, flags.tree, flags.pack].filter((one) => one === true).length > 1) {
    throw new UsageError('--blob, --tree and --pack exclude each other');
  }
  const { oldest, newest } = flags;
  if (oldest !== undefined && newest !== undefined && oldest > newest) {
    throw new UsageError('--oldest is later than --newest: nothing could be found');
  }
}

interface Search {
  readonly flags: Flags;
  readonly signal: AbortSignal;
  readonly unread: Unread;
}

async function findNames(
  cli: Cli,
  repository: Repository,
  finder: NameFinder,
  snapshots: readonly Snapshot[],
  { flags, signal, unread }: Search,
): Promise<void> {
  const report = new NameReport(cli.out, flags);
  for (const snapshot of snapshots) {
    await finder.find(repository, snapshot, {
      signal,
      onFound: (found) => report.found(snapshot, found),
      onFailed: (tree, error) => unread.add(snapshot, tree, error),
    });
  }
  await report.end();
}

async function findIds(
  cli: Cli,
  repository: Repository,
  ids: readonly string[],
  snapshots: readonly Snapshot[],
  { flags, signal, unread }: Search,
): Promise<void> {
  const search = flags.pack
    ? blobsOfPacks(repository, ids)
    : { data: new IdSet(flags.blob ? ids : []), trees: new IdSet(flags.tree ? ids : []) };
  const finder = new BlobFinder(search);
  const report = new BlobReport(cli.out, repository, flags);
  for (const snapshot of snapshots) {
    await finder.find(repository, snapshot, {
      signal,
      onFound: (found) => report.found(snapshot, found),
      onFailed: (tree, error) => unread.add(snapshot, tree, error),
    });
    await report.flush();
  }
  await report.end();
}

/** Folders that could not be searched. */
class Unread {
  readonly #cli: Cli;
  #count = 0;

  constructor(cli: Cli) {
    this.#cli = cli;
  }

  add({ id }: Snapshot, tree: Buffer, error: unknown): void {
    this.#count++;
    const why = error instanceof Error ? error.message : String(error);
    this.#cli.out.say(`octobox: tree ${tree.toString('hex')} of snapshot ${id} cannot be read: ${why}`);
  }

  end(): void {
    if (this.#count === 0) return;
    throw new CliError('cli.findings', `${plural(this.#count, 'folder')} could not be searched`, {
      advice: 'What is above was found in the others. Run `octobox check` to see what is damaged.',
    });
  }
}
