import {
  CheckAhead,
  type CheckPhase,
  type CheckReport,
  checkRepository,
  type Finding,
} from '@octobox/repository/check';
import { matchesFilter, type Repository, type SnapshotFilter } from '@octobox/repository/store';
import type { Storage } from '@octobox/storage';
import type { Command } from 'commander';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import { checkSummaryJson, FindingTeller, findingJson, summaryLines } from '../maintain/check-report.ts';
import { noteVerified } from '../maintain/verified-record.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { dataSubset } from '../options/values.ts';
import { plural } from '../output/quantities.ts';
import { sayStorageUse, storageJson } from '../output/storage-use.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, OutputFlags, FilterFlags {
  readonly readData?: boolean;
  readonly readDataSubset?: string | number;
  readonly withCache?: boolean;
  readonly checkUnused?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Looks whether a repository is whole: every file is there and is what it must be, and every snapshot can\n' +
        'be restored. Changes nothing. Without --read-data the content of files is not read, so damage in it\n' +
        'stays unseen; with it everything is read, decrypted and hashed again, which takes its time.\n' +
        'Each finding names the damaged file; the snapshots and paths that suffer come last. Hints cost space only.',
    )
    .option('--read-data', 'read and verify all data')
    .option(
      '--read-data-subset <part>',
      'read a part: n/t (the n-th of t parts), a share such as 5%, or a size such as 2G',
      dataSubset,
    )
    .option(
      '--with-cache',
      'trust the copies in the cache for index, snapshots and folders: damage of those in the storage stays unseen',
    )
    .option('--check-unused', 'also tell what no snapshot needs')
    .action(async () => {
      const flags = optionsOf<Flags>(command);
      const filter = filterOf(cli, flags);
      if (flags.readData && flags.readDataSubset !== undefined) {
        throw new UsageError('--read-data and --read-data-subset cannot be used together');
      }
      // From a copy on this disk, what is damaged in the storage would look sound.
      const cache = flags.withCache === true && flags.cache !== false;
      let uncached: Storage | undefined;
      await using ahead = new CheckAhead();
      await using repository = await openRepository(cli, { ...flags, cache }, async (storage) => {
        uncached = storage;
        if (flags.readData) await ahead.startThreads(storage);
      });
      const trustsCopies = repository.storage !== uncached;
      await using lock = await lockRepository(cli, repository, 'exclusive', flags, () =>
        ahead.readIndex(repository, cli.signal),
      );
      const teller = new FindingTeller();
      const trees = flags.readData ? await treesOf(repository, filter, lock.signal) : [];
      const report = await (async (): Promise<CheckReport> => {
        await using progress = startVerbProgress(cli, flags);
        return await checkRepository(repository, {
          ...(flags.readDataSubset !== undefined
            ? { readData: { subset: flags.readDataSubset } }
            : flags.readData
              ? { readData: true as const }
              : {}),
          packStorage: uncached,
          filter,
          checkUnused: flags.checkUnused,
          noLock: true,
          ahead,
          signal: lock.signal,
          onProgress: ({ phase, done, total, bytesDone, bytesTotal }) =>
            progress.update(
              bytesDone === undefined
                ? { step: steps[phase], done, total, unit: units[phase] }
                : { step: steps[phase], done: bytesDone, total: bytesTotal, unit: 'bytes' },
            ),
          onFinding: (finding) => tell(cli, teller, finding, flags),
        });
      })();
      if (flags.json)
        await cli.out.printJson({ ...checkSummaryJson(report), storage: storageJson(repository.metrics) });
      else if (!flags.quiet || report.errorCount > 0) {
        await cli.out.printAll([
          ...teller.rest(),
          ...summaryLines(report, { trustsCopies, readData: flags.readData }),
        ]);
      }
      sayStorageUse(cli, repository, flags);
      if (flags.readData && flags.readDataSubset === undefined && report.errorCount === 0 && !trustsCopies) {
        await noteVerified(cli, repository, trees, { all: filter === undefined, quiet: flags.quiet });
      }
      // A mistyped host must not look like a sound repository.
      if (report.errorCount === 0 && report.snapshots === 0 && report.snapshotsLeftOut > 0) {
        throw new CliError('cli.findings', 'no snapshot has this host, tag and path: none was checked', {
          advice: 'Look at `octobox snapshots`; RESTIC_HOST counts as --host, and --host "" lifts it.',
        });
      }
      if (report.errorCount > 0) {
        throw new CliError('cli.findings', `the repository has ${plural(report.errorCount, 'error')}`, {
          advice:
            'Restore the files that are named from a copy of the repository. What no finding names can still be restored.\n' +
            'docs/operator-guide.md, "When a repository is damaged", tells what to run in which order.',
        });
      }
    });
  addSnapshotFilter(command, { purpose: 'only check snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes, {
    1: 'the repository has errors, or the check failed, or the command line was wrong',
  });
}

/** Of the snapshots that are there before the check: those that come meanwhile are not proved. */
async function treesOf(
  repository: Repository,
  filter: SnapshotFilter | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const reads = await Array.fromAsync(repository.readSnapshots({ signal }));
  return reads.flatMap(({ snapshot }) =>
    snapshot !== undefined && matchesFilter(snapshot, filter ?? {}) ? [snapshot.tree] : [],
  );
}

/** Undefined when every snapshot is meant. */
function filterOf(cli: Cli, flags: Flags): SnapshotFilter | undefined {
  const filter = snapshotFilter(flags, cli.env);
  if ([filter.hosts, filter.tags, filter.paths].every((list) => list === undefined || list.length === 0))
    return undefined;
  if (flags.checkUnused) {
    throw new UsageError('--check-unused needs every snapshot: leave out --host, --tag and --path');
  }
  return filter;
}

const steps: Readonly<Record<CheckPhase, string>> = {
  index: 'reading the index',
  packs: 'looking for packs',
  trees: 'reading folders',
  data: 'reading data',
};

const units: Readonly<Record<CheckPhase, string>> = {
  index: 'index files',
  packs: 'packs',
  trees: 'trees',
  data: 'packs',
};

function tell({ out }: Cli, teller: FindingTeller, finding: Finding, flags: OutputFlags): void {
  if (flags.json) out.printSoon(JSON.stringify(findingJson(finding)));
  // Hints by the thousand help nobody who did not ask.
  else if (finding.severity === 'error' || !flags.quiet)
    for (const line of teller.lines(finding)) out.printSoon(line);
}
