import type { Repository } from '@octobox/repository';
import { PatternList } from '@octobox/repository/patterns';
import {
  applyRewrite,
  excludeRule,
  includeRule,
  planRewrite,
  type RewritePlan,
  type RewriteRule,
} from '@octobox/repository/rewrite';
import type { Command } from 'commander';
import { enterAct } from '../access/enter-act.ts';
import { lockRepository, type OpenedRepository, openRepository } from '../access/open-repository.ts';
import { beginReplacing } from '../access/replacing.ts';
import { UsageError } from '../errors.ts';
import { replacementJson, replacementLines } from '../maintain/replacement-report.ts';
import {
  addExcludeOptions,
  type ExcludeFlags,
  excludePatterns,
  patternsOf,
} from '../options/exclude-options.ts';
import { addExitCodes, repositoryExitCodes } from '../options/exit-code-help.ts';
import {
  addRepositoryOptions,
  type OutputFlags,
  optionsOf,
  type RepositoryFlags,
} from '../options/global-options.ts';
import { addSnapshotFilter, type FilterFlags, snapshotFilter } from '../options/snapshot-filter.ts';
import { collect, pointInTime } from '../options/values.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { assertNoneDamaged, type SelectedSnapshots, selectSnapshots } from '../snapshot/select-snapshots.ts';
import type { Cli } from '../verb.ts';

interface Flags extends RepositoryFlags, OutputFlags, FilterFlags, ExcludeFlags {
  readonly include?: readonly string[];
  readonly iinclude?: readonly string[];
  readonly includeFile?: readonly string[];
  readonly iincludeFile?: readonly string[];
  readonly forget?: boolean;
  readonly dryRun?: boolean;
  readonly newHost?: string;
  readonly newTime?: Date;
  readonly snapshotSummary?: boolean;
}

export function define(command: Command, cli: Cli): void {
  command
    .description(
      'Makes snapshots anew without the files that the patterns match, or with another host or time. A plan is made\n' +
        'and shown, and that same plan is carried out. New snapshots carry the tag "rewrite" and remember the one\n' +
        'they come from; the old ones stay unless --forget is given, and data goes with prune only.\n' +
        'Danger: with --forget the old snapshots cannot be restored any more. Look at --dry-run first.',
    )
    .argument('[snapshot...]', 'only these: ids, beginnings of ids, or latest')
    .option('-n, --dry-run', 'only show what would be done')
    .option('--forget', 'remove the old snapshots once the new ones are stored')
    .option('--new-host <host>', 'the host to write into them')
    .option('--new-time <time>', 'the time to write into them, e.g. 2026-11-01 22:08:41', pointInTime)
    .option('-s, --snapshot-summary', 'count files and bytes of those that have no summary');
  addExcludeOptions(command, 'leave out');
  command
    .option('-i, --include <pattern>', 'keep only what matches (repeatable; not with excludes)', collect)
    .option('--iinclude <pattern>', 'the same without regard to case (repeatable)', collect)
    .option(
      '--include-file <file>',
      'patterns in a file, one a line, # comments, $NAME from the environment (repeatable)',
      collect,
    )
    .option('--iinclude-file <file>', 'the same without regard to case (repeatable)', collect)
    .action(async (names: string[]) => {
      const flags = optionsOf<Flags>(command);
      const rule = await ruleOf(cli, flags);
      const isLasting = flags.forget === true && flags.dryRun !== true;
      await using repository = await openRepository(cli, flags);
      await using lock = await lockRepository(cli, repository, isLasting ? 'exclusive' : 'shared', flags);
      const { signal } = lock;
      const filter = snapshotFilter(flags, cli.env);
      const selected = await selectSnapshots(repository, names, filter, signal);
      const plan = await makePlan(cli, repository, { selected, rule }, flags, signal);
      if (!flags.json && !flags.quiet) await cli.out.printAll(replacementLines(plan, flags));
      await cli.out.flush();
      const replaced = flags.dryRun ? [] : await carryOut(cli, repository, plan, flags, signal);
      if (flags.json) await cli.out.printJson(replacementJson(plan, replaced, flags));
      assertNoneDamaged(cli, selected.damaged);
    });
  addSnapshotFilter(command, { purpose: 'only snapshots' });
  addRepositoryOptions(command);
  addExitCodes(command, repositoryExitCodes);
}

/** @throws UsageError when nothing is said to change */
async function ruleOf(cli: Cli, flags: Flags): Promise<RewriteRule | undefined> {
  const { excludes, iexcludes } = await excludePatterns(cli, flags);
  const includes = [...(flags.include ?? []), ...(await patternsOf(cli, flags.includeFile))];
  const iincludes = [...(flags.iinclude ?? []), ...(await patternsOf(cli, flags.iincludeFile))];
  const [leavesOut, keepsOnly] = [
    excludes.length + iexcludes.length > 0,
    includes.length + iincludes.length > 0,
  ];
  if (leavesOut && keepsOnly) {
    throw new UsageError('patterns to leave out and patterns to keep are given at once', {
      advice: 'Leave one kind away.',
    });
  }
  const lists = (exact: readonly string[], anyCase: readonly string[]): PatternList[] => [
    new PatternList(exact),
    new PatternList(anyCase, { ignoreCase: true }),
  ];
  if (keepsOnly) return includeRule(lists(includes, iincludes));
  if (leavesOut || flags.snapshotSummary) return excludeRule(lists(excludes, iexcludes));
  if (flags.newHost === undefined && flags.newTime === undefined) {
    throw new UsageError('nothing is said to change', {
      advice: 'Give patterns to leave out (--exclude …), --new-host, --new-time or --snapshot-summary.',
    });
  }
  return undefined;
}

async function makePlan(
  cli: Cli,
  repository: Repository,
  { selected, rule }: { selected: SelectedSnapshots; rule: RewriteRule | undefined },
  flags: Flags,
  signal: AbortSignal,
): Promise<RewritePlan> {
  await repository.loadIndex({ signal });
  await using progress = startVerbProgress(cli, flags);
  return await planRewrite(
    repository,
    selected.chosen,
    {
      rule,
      countsSummary: rule !== undefined,
      hostname: flags.newHost,
      time: flags.newTime?.toISOString(),
      mark: 'rewrite',
      forget: flags.forget ?? false,
      signal,
      onSnapshot: (done, total) =>
        progress.update({ step: 'reading folders', done, total, unit: 'snapshots' }),
    },
    selected.all,
  );
}

async function carryOut(
  cli: Cli,
  repository: Repository & Pick<OpenedRepository, 'place'>,
  plan: RewritePlan,
  flags: Flags,
  signal: AbortSignal,
): ReturnType<typeof applyRewrite> {
  const snapshots = plan.replacements.length;
  if (snapshots === 0) return [];
  const act = { action: 'rewrite.asked', after: { snapshots, forget: flags.forget ? 'yes' : 'no' } };
  const { place } = repository;
  if (!flags.forget) await enterAct(cli, place, act);
  await using replacing = flags.forget ? await beginReplacing(cli, place, 'rewrite', act) : undefined;
  await using progress = startVerbProgress(cli, flags);
  return await applyRewrite(repository, plan, {
    signal,
    onWritten: replacing?.onWritten,
    onSnapshot: (done, total) => progress.update({ step: 'writing folders', done, total, unit: 'snapshots' }),
  });
}
