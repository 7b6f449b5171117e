import { applyCopy, type CopyPlan, planCopy } from '@octobox/repository/copy';
import { matchesFilter, type Repository } from '@octobox/repository/store';
import type { Command } from 'commander';
import { openFromRepository } from '../access/from-repository.ts';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addFromRepository, type FromFlags } from '../options/from-repository.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { bytes, count, plural, shortId } from '../output/quantities.ts';
import { sayStorageUse, storageJson } from '../output/storage-use.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { assertNoneDamaged, type SelectedSnapshots, selectSnapshots } from '../snapshot/select-snapshots.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, OutputFlags, FilterFlags, FromFlags {
  readonly dryRun?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Copies snapshots from the repository of --from-repo into the one of -r, which may have another password and\n' +
        'other keys. Snapshots that were copied before are passed over, and so is data that is there already. Every\n' +
        'blob is decrypted, proved and encrypted anew; folders keep their bytes and their ids. An interruption at any\n' +
        'moment leaves two whole repositories, and the next copy goes on where it stopped.\n' +
        'Only a target made with `init --from-repo … --copy-chunker-params` shares data between copied snapshots\n' +
        'and its own backups.',
    )
    .argument('[snapshot...]', 'only these: ids, beginnings of ids, or latest')
    .option('-n, --dry-run', 'only show what would be copied')
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      await using source = await openFromRepository(cli, flags);
      await using target = await openRepository(cli, flags);
      if (source.id === target.id) {
        throw new UsageError('the two repositories are the same one', {
          advice: 'To copy files of a repository as they are, mirror it.',
        });
      }
      await using sourceLock = await lockRepository(cli, source, 'shared', flags);
      await using targetLock = await lockRepository(cli, target, 'shared', flags);
      const signal = AbortSignal.any([sourceLock.signal, targetLock.signal]);
      const filter = snapshotFilter(flags, cli.env);
      const selected = await selectSnapshots(source, names, filter, signal);
      const plan = await makePlan(cli, { source, target, selected }, flags, signal);
      if (!flags.json && !flags.quiet) await cli.out.printAll(planLines(plan, flags));
      await cli.out.flush();
      const copied = flags.dryRun ? 0 : await carryOut(cli, { source, target, plan }, flags, signal);
      if (flags.json) {
        const storage = {
          storage: storageJson(target.metrics),
          from_storage: storageJson(source.metrics),
        };
        await cli.out.printJson({ ...summaryJson(plan, copied, flags), ...storage });
      } else if (!flags.quiet && copied > 0) await cli.out.print(`copied ${plural(copied, 'snapshot')}`);
      for (const one of [source, target]) sayStorageUse(cli, one, flags);
      assertNoneDamaged(cli, selected.damaged);
    });
  addFromRepository(command);
  addSnapshotFilter(command, { purpose: 'only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

async function makePlan(
  cli: Cli,
  { source, target, selected }: { source: Repository; target: Repository; selected: SelectedSnapshots },
  flags: Flags,
  signal: AbortSignal,
): Promise<CopyPlan> {
  const filter = snapshotFilter(flags, cli.env);
  const present = (await Array.fromAsync(target.snapshots({ signal }))).filter((one) =>
    matchesFilter(one, filter),
  );
  await source.loadIndex({ signal });
  await target.loadIndex({ signal });
  await using progress = startVerbProgress(cli, flags);
  return await planCopy(source, target, selected.chosen, present, {
    signal,
    onSnapshot: (done, total) => progress.update({ step: 'comparing', done, total, unit: 'snapshots' }),
  });
}

async function carryOut(
  cli: Cli,
  { source, target, plan }: { source: Repository; target: Repository; plan: CopyPlan },
  flags: Flags,
  signal: AbortSignal,
): Promise<number> {
  await using progress = startVerbProgress(cli, flags);
  const copied = await applyCopy(source, target, plan, {
    signal,
    onProgress: ({ bytes: done, bytesTotal: total }) =>
      progress.update({ step: 'copying', done, total, unit: 'bytes' }),
    onSnapshot: ({ source: from, copy }) => {
      if (flags.json) {
        const message = { message_type: 'copied', source_snapshot_id: from, snapshot_id: copy };
        cli.out.printSoon(JSON.stringify(message));
      } else if (!flags.quiet) cli.out.printSoon(`snapshot ${shortId(from)} copied as ${shortId(copy)}`);
    },
  });
  if (copied.length < plan.snapshots) throw new CliError('cli.incomplete', 'not every snapshot was copied');
  return copied.length;
}

function planLines(plan: CopyPlan, { dryRun, verbose }: Flags): string[] {
  const skipped = plan.skipped.map(
    ({ source, copy }) => `snapshot ${shortId(source.id)} is there already as ${shortId(copy.id)}`,
  );
  return [
    ...(verbose ? skipped : []),
    ...(plan.skipped.length > 0 ? [`${plural(plan.skipped.length, 'snapshot')} copied before`] : []),
    plan.snapshots === 0
      ? 'nothing to copy'
      : `${dryRun ? 'would copy' : 'copying'} ${plural(plan.snapshots, 'snapshot')}: ${count(plan.blobs)} blobs, ${bytes(plan.bytes)}`,
  ];
}

const summaryJson = (plan: CopyPlan, copied: number, { dryRun }: Flags): object => ({
  message_type: 'summary',
  dry_run: dryRun ?? false,
  snapshots_planned: plan.snapshots,
  snapshots_copied: copied,
  snapshots_skipped: plan.skipped.length,
  blobs: plan.blobs,
  bytes: plan.bytes,
});
