import {
  applyForget,
  type ConcernOptions,
  type ForgetConcern,
  type ForgetOptions,
  type ForgetPlan,
  forgetConcerns,
  heldAsVerified,
  isEmptyPolicy,
  type KeepPolicy,
  planForget,
  planForgetSnapshots,
} from '@octobox/repository/forget';
import {
  matchesFilter,
  type Repository,
  type Snapshot,
  type SnapshotFilter,
} from '@octobox/repository/store';
import { heldBySuspicion } from '@octobox/repository/suspicion';
import type { Command } from 'commander';
import { enterAct } from '../access/enter-act.ts';
import { lockRepository, type OpenFlags, openRepository } from '../access/open-repository.ts';
import { CliError, UsageError } from '../errors.ts';
import {
  assertConfirmed,
  type ConfirmFlags,
  concernLines,
  howToConfirm,
} from '../maintain/confirm-forget.ts';
import { forgetJson, forgetLines } from '../maintain/forget-report.ts';
import { runPrune } from '../maintain/run-prune.ts';
import { verifiedTrees } from '../maintain/verified-record.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import { addRepositoryOptions, type OutputFlags, optionsOf } from '../options/global-options.ts';
import { addKeepOptions, type KeepFlags, keepPolicy } from '../options/keep-rules.ts';
import { addPruneOptions, type PruneFlags, pruneOptions } from '../options/prune-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { wholeNumber } from '../options/values.ts';
import { describeError } from '../output/error-report.ts';
import { plural, shortId } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { selectSnapshots } from '../snapshot/select-snapshots.ts';
import type { Cli } from '../verb.ts';

/** Named in the audit log, of however many there are. */
const toldIds = 20;

interface Flags extends OpenFlags, FilterFlags, KeepFlags, PruneFlags, OutputFlags, ConfirmFlags {
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
        'refused, and so is what looks like a mistake or an attack, unless it is said twice: more than half of a\n' +
        'history of 20 or more at once, the whole history of a host, good snapshots that others dated in the future\n' +
        'push out of the rules, snapshots before one that is marked suspicious, or the last one that was proved to\n' +
        'be restorable (by check --read-data or restore --verify on this machine; rules let that one stay).',
    )
    .argument('[snapshot...]', 'exactly these, whatever the rules')
    .option('-n, --dry-run', 'only show what would be removed')
    .option('--prune', 'then remove data that nothing needs any more')
    .option(
      '-g, --group-by <keys>',
      'apply the rules to each group by host, paths, tags (default: host,paths)',
    )
    .option('-c, --compact', 'tables without paths')
    .option(
      '--unsafe-allow-remove-all',
      'without any rule: remove all snapshots that --host, --tag or --path select',
    )
    .option(
      '--unsafe-despite-concerns',
      'remove although it looks like a mistake or an attack; together with --confirm-remove',
    )
    .option(
      '--confirm-remove <n>',
      'the number of snapshots that will go, as --dry-run tells it',
      wholeNumber,
    )
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      const dryRun = flags.dryRun ?? false;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, dryRun ? 'shared' : 'exclusive', flags);
      const { plan, concerns } = await makePlan(cli, repository, names, flags);
      if (flags.json) await cli.out.printJson(forgetJson(plan, concerns));
      else if (!flags.quiet) await cli.out.printAll(forgetLines(plan, { dryRun, compact: flags.compact }));
      if (dryRun && !flags.json && concerns.length > 0) {
        await cli.out.printAll([...concernLines(concerns), `this would be refused. ${howToConfirm(plan)}`]);
      }
      await cli.out.flush();
      if (!dryRun) await assertConfirmed(cli, plan, concerns, flags);
      if (!dryRun && plan.remove.length > 0) {
        const ids = plan.remove
          .slice(0, toldIds)
          .map(({ id }) => shortId(id))
          .join(' ');
        const after = { snapshots: plan.remove.length, ids };
        await enterAct(cli, repository.place, { action: 'forget.asked', after });
      }
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

interface JudgedPlan {
  readonly plan: ForgetPlan;
  readonly concerns: readonly ForgetConcern[];
}

async function makePlan(
  cli: Cli,
  repository: Repository,
  names: readonly string[],
  flags: Flags,
): Promise<JudgedPlan> {
  const filter = snapshotFilter(flags, cli.env);
  const policy = keepPolicy(flags);
  const proved = await verifiedTrees(cli, repository);
  const judge = (
    plan: ForgetPlan,
    all: readonly Snapshot[],
    rules?: ConcernOptions['rules'],
  ): JudgedPlan => ({
    plan,
    concerns: forgetConcerns(plan, all, { verifiedTrees: proved, rules }),
  });
  if (names.length > 0) {
    const { chosen, all } = await selectSnapshots(repository, names, filter, cli.signal);
    return judge(planForgetSnapshots(chosen), all);
  }
  const all = await Array.fromAsync(repository.snapshots({ signal: cli.signal }));
  const snapshots = all.filter((snapshot) => matchesFilter(snapshot, filter));
  const rules: ForgetOptions = {
    ...policy,
    // Suspicion comes second: its reason says more.
    held: new Map([...heldAsVerified(all, proved), ...heldBySuspicion(all)]),
    groupBy: flags.groupBy ?? 'host,paths',
    allowRemoveAll: mayRemoveAll(policy, filter, flags),
  };
  return judge(planForget(snapshots, rules), all, rules);
}

/** As restic has it: the flag stands for the lack of a rule. A rule that keeps nothing is a mistyped one. */
function mayRemoveAll(policy: KeepPolicy, filter: SnapshotFilter, flags: Flags): boolean {
  if (!flags.unsafeAllowRemoveAll || !isEmptyPolicy(policy)) return false;
  const { hosts = [], tags = [], paths = [] } = filter;
  if (hosts.length + tags.length + paths.length > 0) return true;
  throw new UsageError('--unsafe-allow-remove-all without a filter would remove every snapshot there is', {
    advice: 'Say which with --host, --tag or --path; nothing was removed.',
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
      advice:
        `${removed.length === 0 ? 'None is gone' : `${plural(removed.length, 'snapshot')} ${removed.length === 1 ? 'is' : 'are'} gone`}. ` +
        'Look at the messages above: an append-only or locked storage lets nothing\n' +
        'go, and a folder needs the right to write in its folder snapshots.',
    });
  }
  if (!flags.json && !flags.quiet && removed.length > 0) {
    await cli.out.print(`removed ${plural(removed.length, 'snapshot')}`);
  }
}
