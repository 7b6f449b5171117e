import type { Repository, Snapshot, VisitedNode } from '@octobox/repository';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { UsageError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { oneOf } from '../options/values.ts';
import { nodeJson } from '../output/node-json.ts';
import { nodeLine } from '../output/node-line.ts';
import { snapshotJson } from '../output/snapshot-json.ts';
import { describeSnapshot } from '../snapshot/describe-snapshot.ts';
import { NcduWriter, ncduHead, ncduTail } from '../snapshot/ncdu-export.ts';
import { SORT_MODES, SortedLines, type SortMode } from '../snapshot/sort-entries.ts';
import { type Listing, walkListing } from '../snapshot/walk-listing.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, FilterFlags, OutputFlags {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly humanReadable?: boolean;
  readonly ncdu?: boolean;
  readonly sort?: SortMode;
  readonly reverse?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Lists what a snapshot holds: everything, or the folders that are named and what is directly in them.\n' +
        'In a pipe, names are written byte for byte; on a terminal, control characters are shown as "?".\n' +
        'With --sort (but by name) or --reverse the list is held in memory, as it is shown.',
    )
    .argument('<snapshot>', 'an id, the beginning of one, latest, or any of them with :folder behind it')
    .argument('[folder...]', 'absolute folders within the snapshot')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--human-readable', 'sizes in KiB, MiB …')
    .option('--recursive', 'also what is in the folders of the named folders')
    .option('-s, --sort <mode>', `by ${SORT_MODES.join(', ')} (default: name)`, oneOf(...SORT_MODES))
    .option('--reverse', 'the other way round')
    .option('--ncdu', "in ncdu's format, for a look with `ncdu -f -`")
    .action(async (name: string, folders: string[]) => {
      const flags = optionsOf<Flags>(command);
      checkCombination(flags);
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, 'shared', flags);
      const { signal } = lock;
      const snapshot = await repository.snapshot(name, snapshotFilter(flags, cli.env), { signal });
      const listing = { folders, recursive: flags.recursive ?? false, signal };
      if (flags.ncdu) await exportForNcdu(cli, repository, snapshot, listing);
      else await list(cli, repository, snapshot, listing, flags);
    });
  addSnapshotFilter(command, { purpose: 'for latest: only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

function checkCombination(flags: Flags): void {
  if (!flags.ncdu) return;
  const others = [
    flags.json ? '--json' : undefined,
    flags.sort !== undefined && flags.sort !== 'name' ? '--sort' : undefined,
    flags.reverse ? '--reverse' : undefined,
  ].filter((one) => one !== undefined);
  if (others.length > 0) throw new UsageError(`--ncdu and ${others.join(', ')} exclude each other`);
}

type Range = Pick<Listing, 'folders' | 'recursive' | 'signal'>;

async function list(
  cli: Cli,
  repository: Repository,
  snapshot: Snapshot,
  range: Range,
  flags: Flags,
): Promise<void> {
  const { out } = cli;
  if (flags.json) {
    await out.printJson({ ...snapshotJson(snapshot), message_type: 'snapshot', struct_type: 'snapshot' });
  } else if (!flags.quiet) {
    out.say(`${describeSnapshot(snapshot)}:`);
  }
  const lineOf = (entry: VisitedNode): string | Uint8Array =>
    flags.json ? JSON.stringify(nodeJson(entry)) : nodeLine(entry, { ...flags, forTerminal: out.isTerminal });
  const { sort = 'name', reverse = false } = flags;
  const sorted = sort === 'name' && !reverse ? undefined : new SortedLines(sort, reverse);
  await walkListing(repository, snapshot, {
    ...range,
    onNode: async (entry, onTheWay) => {
      if (onTheWay) return;
      const line = lineOf(entry);
      if (sorted === undefined) await out.print(line);
      else sorted.add(entry, typeof line === 'string' ? Buffer.from(line) : line);
    },
  });
  for (const line of sorted?.lines() ?? []) await out.print(line);
}

async function exportForNcdu(
  { out }: Cli,
  repository: Repository,
  snapshot: Snapshot,
  range: Range,
): Promise<void> {
  const writer = new NcduWriter();
  await out.put(ncduHead(snapshot));
  await walkListing(repository, snapshot, {
    ...range,
    onNode: (entry) => out.put(writer.entry(entry)),
    onLeave: () => out.put(writer.leave()),
  });
  await out.put(ncduTail);
}
