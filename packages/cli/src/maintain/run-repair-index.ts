import {
  applyRepairIndex,
  planRepairIndex,
  type RepairIndexPlan,
  repairsIndex,
} from '@octobox/repository/repair';
import { enterAct } from '../access/enter-act.ts';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { CliError } from '../errors.ts';
import type { RepairFlags } from '../options/repair-flags.ts';
import { bytes, plural } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import type { Cli } from '../verb.ts';

const shown = 20;

export async function runRepairIndex(cli: Cli, flags: RepairFlags): Promise<void> {
  const dryRun = flags.dryRun ?? false;
  // From a copy on this disk, what is damaged in the storage would look sound.
  await using repository = await openRepository(cli, { ...flags, cache: false });
  await using lock = await lockRepository(cli, repository, dryRun ? 'shared' : 'exclusive', flags);
  const { signal } = lock;
  const plan = await (async () => {
    await using progress = startVerbProgress(cli, flags);
    return await planRepairIndex(repository, {
      readAllPacks: flags.readAllPacks,
      signal,
      onPack: (done, total) => progress.update({ step: 'reading packs', done, total, unit: 'packs' }),
    });
  })();
  if (!flags.json && !flags.quiet) await cli.out.printAll(planLines(plan, dryRun));
  await cli.out.flush();
  if (!dryRun && repairsIndex(plan)) {
    const { added, missing, unreadableIndexes } = plan;
    const after = { added: added.length, leftOut: missing.length, unreadable: unreadableIndexes.length };
    await enterAct(cli, repository.place, { action: 'repair.asked', after: { what: 'index', ...after } });
  }
  const result = dryRun ? undefined : await applyRepairIndex(repository, plan, { signal });
  if (flags.json) await cli.out.printJson(planJson(plan, result));
  else if (result !== undefined && !flags.quiet && repairsIndex(plan)) {
    await cli.out.print(
      `wrote ${plural(result.written, 'index file')}, removed ${plural(result.removed, 'index file')}`,
    );
  }
  // One that no index named is most often left over from a backup that was killed: prune removes it.
  const resized = new Set(plan.resized.map(({ name }) => name));
  const lost = plan.unreadablePacks.filter(({ file }) => plan.readAllPacks || resized.has(file.name));
  if (lost.length > 0) {
    await cli.out.flush();
    throw new CliError('cli.findings', `${plural(lost.length, 'pack')} cannot be read`, {
      advice:
        'Restore them from a copy of the repository and run this again. When there is none: `octobox repair snapshots`\n' +
        'tells which snapshots suffer, and prune removes the packs.',
    });
  }
}

function planLines(plan: RepairIndexPlan, dryRun: boolean): string[] {
  const some = <Item>(items: readonly Item[], line: (item: Item) => string): string[] => [
    ...items.slice(0, shown).map(line),
    ...(items.length > shown ? [`and ${items.length - shown} more`] : []),
  ];
  const lines = [
    ...some(plan.unreadableIndexes, ({ message }) => `replace: ${message}`),
    ...some(plan.missing, (name) => `leave out: pack ${name}, which is not there`),
    ...some(plan.resized, ({ name, size }) => `read again: pack ${name}, which has ${bytes(size)}`),
    ...(plan.readAllPacks
      ? [`read again: all packs (${plan.added.length})`]
      : some(plan.added, ({ name, size }) => `add: pack ${name} (${bytes(size)})`)),
    ...some(plan.spread, (name) => `put together: pack ${name}, which several index files name`),
    ...some(plan.unreadablePacks, ({ message }) => `left out: ${message}`),
  ];
  if (!repairsIndex(plan)) return [...lines, 'the index says what the packs hold: nothing to do'];
  return dryRun ? ['this would be done:', ...lines] : lines;
}

const planJson = (
  plan: RepairIndexPlan,
  result: Awaited<ReturnType<typeof applyRepairIndex>> | undefined,
): object => ({
  message_type: 'summary',
  dry_run: result === undefined,
  unreadable_indexes: plan.unreadableIndexes.map(({ file }) => file.name),
  packs_added: plan.added.map(({ name }) => name),
  packs_read_again: plan.resized.map(({ name }) => name),
  packs_missing: plan.missing,
  packs_unreadable: plan.unreadablePacks.map(({ file }) => file.name),
  packs_put_together: plan.spread,
  indexes_written: result?.written ?? 0,
  indexes_removed: result?.removed ?? 0,
});
