import type { Repository } from '@octobox/repository';
import {
  applyPrune,
  changesAnything,
  type PruneOptions,
  type PrunePlan,
  type PruneResult,
  planPrune,
} from '@octobox/repository/prune';
import { enterAct } from '../access/enter-act.ts';
import type { OpenedRepository } from '../access/open-repository.ts';
import { CliError } from '../errors.ts';
import type { OutputFlags } from '../options/global-options.ts';
import { describeError } from '../output/error-report.ts';
import { bytes, count, percent, plural } from '../output/quantities.ts';
import { sayStorageUse, storageJson } from '../output/storage-use.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';

export interface PruneRun extends OutputFlags {
  readonly options: PruneOptions;
  readonly dryRun: boolean;
  /** Of the lock that is held. */
  readonly signal: AbortSignal;
}

/** Makes the plan, shows it, and carries out that same plan unless it is a dry run. Needs the lock. */
export async function runPrune(
  cli: Cli,
  repository: Repository & OpenedRepository,
  run: PruneRun,
): Promise<void> {
  const plan = await makePlan(cli, repository, run);
  if (!run.json && (!run.quiet || run.dryRun)) await cli.out.printAll(planLines(plan, run.dryRun));
  await cli.out.flush();
  if (!run.dryRun && changesAnything(plan)) {
    const { removeTotal, repack } = plan.statistics;
    const after = { removedBytes: removeTotal.bytes, rewrittenBytes: repack.bytes };
    await enterAct(cli, repository.place, { action: 'prune.asked', after });
  }
  const result = run.dryRun ? undefined : await carryOut(cli, repository, plan, run);
  if (run.json)
    await cli.out.printJson({ ...pruneJson(plan, result), storage: storageJson(repository.metrics) });
  else if (result !== undefined && !run.quiet) {
    await cli.out.print(
      changesAnything(plan)
        ? `removed ${plural(result.packsRemoved, 'pack')}, wrote ${plural(result.indexesWritten, 'index file')}`
        : 'nothing to do',
    );
  }
  sayStorageUse(cli, repository, run);
  if (result !== undefined && result.failed.length > 0) {
    for (const { file, error } of result.failed) {
      cli.out.say(`octobox: ${file.kind}/${file.name}: ${describeError(error).message}`);
    }
    throw new CliError('cli.findings', `${plural(result.failed.length, 'pack')} could not be removed`, {
      advice: 'They do no harm; the next prune tries again.',
    });
  }
}

async function makePlan(cli: Cli, repository: Repository, run: PruneRun): Promise<PrunePlan> {
  await using progress = startVerbProgress(cli, run);
  return await planPrune(repository, {
    ...run.options,
    noLock: true,
    signal: run.signal,
    onProgress: (trees) => progress.update({ step: 'finding data in use', done: trees, unit: 'trees' }),
  });
}

async function carryOut(
  cli: Cli,
  repository: Repository,
  plan: PrunePlan,
  run: PruneRun,
): Promise<PruneResult> {
  await using progress = startVerbProgress(cli, run);
  return await applyPrune(repository, plan, {
    noLock: true,
    signal: run.signal,
    onProgress: ({ phase, done, total }) => progress.update({ step: phase, done, total, unit: 'packs' }),
  });
}

function planLines({ statistics, packs }: PrunePlan, dryRun: boolean): string[] {
  const { repack, repackRemove, remove, removeTotal, remain, remainUnusedBytes, unreferenced } = statistics;
  const line = (title: string, amount: { blobs: number; bytes: number }): string =>
    `${title.padEnd(18)} ${count(amount.blobs).padStart(9)} blobs / ${bytes(amount.bytes)}`;
  return [
    ...(dryRun ? ['this would be done:'] : []),
    line('to rewrite:', repack),
    line('  thereby removed:', repackRemove),
    line('to remove:', remove),
    ...(packs.unreferenced.length > 0
      ? [
          `${'in no index:'.padEnd(18)} ${count(packs.unreferenced.length).padStart(9)} packs / ${bytes(unreferenced.bytes)}`,
        ]
      : []),
    line('removed in all:', removeTotal),
    line('remaining:', remain),
    `unused afterwards: ${bytes(remainUnusedBytes)} (${percent(remainUnusedBytes, remain.bytes)} of what remains)`,
  ];
}

const pruneJson = ({ statistics, packs }: PrunePlan, result: PruneResult | undefined): object => ({
  message_type: 'prune_summary',
  dry_run: result === undefined,
  used: statistics.used,
  duplicate: statistics.duplicate,
  unused: statistics.unused,
  repack: statistics.repack,
  repack_remove: statistics.repackRemove,
  remove: statistics.remove,
  remove_total: statistics.removeTotal,
  remain: statistics.remain,
  remain_unused_bytes: statistics.remainUnusedBytes,
  packs_to_repack: packs.repack.length,
  packs_to_remove: packs.remove.length,
  packs_unreferenced: packs.unreferenced.length,
  packs_removed: result?.packsRemoved ?? 0,
  indexes_written: result?.indexesWritten ?? 0,
});
