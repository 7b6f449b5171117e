import {
  applyForget,
  type ForgetPlan,
  heldBySuspicion,
  matchesFilter,
  planForget,
  planForgetSnapshots,
  type Repository,
  type Snapshot,
} from '@octobox/repository';
import type { Command } from 'commander';
import { lockRepository, type OpenFlags, openRepository } from '../access/open-repository.ts';
import { CliError } from '../errors.ts';
import { forgetJson, forgetLines } from '../maintain/forget-report.ts';
import { runPrune } from '../maintain/run-prune.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { addKeepOptions, type KeepFlags, keepPolicy } from '../options/keep-rules.ts';
import { addPruneOptions, type PruneFlags, pruneOptions } from '../options/prune-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { describeError } from '../output/error-report.ts';
import { plural, shortId } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';

interface Flags extends OpenFlags, FilterFlags, KeepFlags, PruneFlags, OutputFlags {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly compact?: boolean;
  readonly groupBy?: string;
  readonly unsafeAllowRemoveAll?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Removes snapshots: those that are named, or in each group all but those that the keep rules keep.\n' +
        'While a rule has counts left, the oldest snapshot of its group stays too.\n' +
        'Danger: a forgotten snapshot cannot be listed or restored any more. Its data stays until prune (or\n' +
        '--prune) removes it. Look at --dry-run first. Rules that would leave a group without any snapshot are\n' +
        'refused. Backups with a wrong clock or from an attacker can push good ones out of counted rules;\n' +
        '--keep-within rules are safe against that.',
    )
    .argument('[snapshot...]', 'exactly these, whatever the rules')
    .option('-n, --dry-run', 'only show what would be removed')
    .option('--prune', 'then remove data that nothing needs any more')
    .option(
      '-g, --group-by <keys>',
      'apply the rules to each group by host, paths, tags (default: host,paths)',
    )
    .option('-c, --compact', 'tables without paths')
    .option('--unsafe-allow-remove-all', 'let the rules remove every snapshot of a group')
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      const dryRun = flags.dryRun ?? false;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, dryRun ? 'shared' : 'exclusive', flags);
      const plan = await makePlan(cli, repository, names, flags);
      if (flags.json) await cli.out.printJson(forgetJson(plan));
      else if (!flags.quiet) await cli.out.printAll(forgetLines(plan, { dryRun, compact: flags.compact }));
      await cli.out.flush();
      if (!dryRun) await carryOut(cli, repository, plan, flags, lock.signal);
      if (flags.prune && plan.remove.length > 0) {
        const options = pruneOptions(flags);
        if (!dryRun) await runPrune(cli, repository, { ...flags, options, dryRun, signal: lock.signal });
        else if (!flags.quiet)
          cli.out.say('a prune would follow; what it removes is known only after forgetting');
      }
    });
  addKeepOptions(command);
  addSnapshotFilter(command, { purpose: 'only consider snapshots', short: false });
  addPruneOptions(command);
  addRepositoryOptions(command);
  addExitCodes(command, [3, ...repositoryExitCodes], { 3: 'some of the snapshots could not be removed' });
}

async function makePlan(
  cli: Cli,
  repository: Repository,
  names: readonly string[],
  flags: Flags,
): Promise<ForgetPlan> {
  const filter = snapshotFilter(flags, cli.env);
  const policy = keepPolicy(flags);
  if (names.length > 0) {
    const found = new Map<string, Snapshot>();
    for (const name of names) {
      const snapshot = await repository.snapshot(name, filter, { signal: cli.signal });
      found.set(snapshot.id, snapshot);
    }
    return planForgetSnapshots([...found.values()]);
  }
  const all = await Array.fromAsync(repository.snapshots({ signal: cli.signal }));
  const snapshots = all.filter((snapshot) => matchesFilter(snapshot, filter));
  return planForget(snapshots, {
    ...policy,
    held: heldBySuspicion(all),
    groupBy: flags.groupBy ?? 'host,paths',
    allowRemoveAll: flags.unsafeAllowRemoveAll ?? false,
  });
}

async function carryOut(
  cli: Cli,
  repository: Repository,
  plan: ForgetPlan,
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  await using progress = startVerbProgress(cli, flags);
  const { removed, failed } = await applyForget(repository, plan, {
    noLock: true,
    signal,
    onProgress: ({ removed: done, total }) =>
      progress.update({ step: 'removing snapshots', done, total, unit: 'snapshots' }),
  });
  for (const { id, error } of failed) cli.out.say(`octobox: ${shortId(id)}: ${describeError(error).message}`);
  if (failed.length > 0) {
    throw new CliError('cli.incomplete', `${plural(failed.length, 'snapshot')} could not be removed`, {
      advice: 'The others are gone. Check the rights on the folder snapshots of the repository.',
    });
  }
  if (!flags.json && !flags.quiet && removed.length > 0) {
    await cli.out.print(`removed ${plural(removed.length, 'snapshot')}`);
  }
}
