import type { DamagedFileError, Repository } from '@octobox/repository';
import {
  applyRepairSnapshots,
  planRepairSnapshots,
  type Repaired,
  type RepairSnapshotsPlan,
} from '@octobox/repository/repair';
import { enterAct } from '../access/enter-act.ts';
import { lockRepository, openRepository } from '../access/open-repository.ts';
import { beginReplacing } from '../access/replacing.ts';
import type { RepairFlags } from '../options/repair-flags.ts';
import { snapshotFilter } from '../options/snapshot-filter.ts';
import { plural } from '../output/quantities.ts';
import { startVerbProgress } from '../output/verb-progress.ts';
import { assertNoneDamaged, type SelectedSnapshots, selectSnapshots } from '../snapshot/select-snapshots.ts';
import type { Cli } from '../verb.ts';
import { replacementJson, replacementLines } from './replacement-report.ts';

const pathsShown = 50;

const changes: Readonly<Record<Repaired['change'], string>> = {
  'content-removed': 'parts of the file are lost',
  'size-corrected': 'the size did not match the content',
  'entry-removed': 'is of no known type: left out',
  'folder-emptied': 'the folder cannot be read: becomes an empty one',
  'root-unreadable': 'the whole snapshot cannot be read (it goes with --forget)',
};

export async function runRepairSnapshots(
  cli: Cli,
  names: readonly string[],
  flags: RepairFlags,
): Promise<void> {
  const dryRun = flags.dryRun ?? false;
  // From a copy on this disk, what is damaged in the storage would look sound.
  await using repository = await openRepository(cli, { ...flags, cache: false });
  await using lock = await lockRepository(cli, repository, dryRun ? 'shared' : 'exclusive', flags);
  const { signal } = lock;
  const { selected, unreadable } = await select(cli, repository, names, flags, signal);
  const plan = await makePlan(cli, repository, { selected, unreadable }, flags, signal);
  if (!flags.json && !flags.quiet) await cli.out.printAll(planLines(plan, flags));
  await cli.out.flush();
  const snapshots = plan.rewrite.replacements.length;
  const givenUp = plan.unreadable.length;
  const after = { what: 'snapshots', snapshots, givenUp, forget: flags.forget ? 'yes' : 'no' };
  const act = { action: 'repair.asked', after };
  const isChanging = !dryRun && snapshots + givenUp > 0;
  // What goes without another in its place is no news for the platform.
  const replaces =
    flags.forget === true && plan.rewrite.replacements.some(({ content }) => content !== undefined);
  if (isChanging && !replaces) await enterAct(cli, repository.place, act);
  await using replacing =
    isChanging && replaces ? await beginReplacing(cli, repository.place, 'repair', act) : undefined;
  const replaced = dryRun
    ? []
    : await applyRepairSnapshots(repository, plan, { signal, onWritten: replacing?.onWritten });
  if (flags.json) {
    await cli.out.printJson({
      ...replacementJson(plan.rewrite, replaced, flags),
      repaired: plan.repaired,
      unreadable_snapshots: plan.unreadable.map(({ file }) => file.name),
    });
  }
  assertNoneDamaged(cli, flags.forget ? selected.damaged : [...selected.damaged, ...unreadable]);
}

/** Snapshot files that cannot be read are given up only by their name. */
async function select(
  cli: Cli,
  repository: Repository,
  names: readonly string[],
  flags: RepairFlags,
  signal: AbortSignal,
): Promise<{ readonly selected: SelectedSnapshots; readonly unreadable: readonly DamagedFileError[] }> {
  const filter = snapshotFilter(flags, cli.env);
  const everything = await selectSnapshots(repository, [], filter, signal);
  if (names.length === 0) return { selected: everything, unreadable: [] };
  const unreadable = everything.damaged.filter(({ file }) => names.some((name) => isMeant(name, file.name)));
  const readable = names.filter((name) => !unreadable.some(({ file }) => isMeant(name, file.name)));
  const none: SelectedSnapshots = { ...everything, chosen: [], damaged: [] };
  const selected = readable.length === 0 ? none : await selectSnapshots(repository, readable, filter, signal);
  return { selected, unreadable };
}

/** Short beginnings could mean another one, too. */
const isMeant = (name: string, file: string): boolean =>
  name.length >= 8 && file.startsWith(name.toLowerCase());

async function makePlan(
  cli: Cli,
  repository: Repository,
  { selected, unreadable }: { selected: SelectedSnapshots; unreadable: readonly DamagedFileError[] },
  flags: RepairFlags,
  signal: AbortSignal,
): Promise<RepairSnapshotsPlan> {
  await repository.loadIndex({ signal });
  await using progress = startVerbProgress(cli, flags);
  return await planRepairSnapshots(
    repository,
    selected.chosen,
    {
      forget: flags.forget ?? false,
      unreadable,
      signal,
      onSnapshot: (done, total) =>
        progress.update({ step: 'reading folders', done, total, unit: 'snapshots' }),
    },
    selected.all,
  );
}

function planLines(plan: RepairSnapshotsPlan, flags: RepairFlags): string[] {
  const { repaired, unreadable, rewrite } = plan;
  return [
    ...repaired.slice(0, pathsShown).map(({ path, change }) => `${path}: ${changes[change]}`),
    ...(repaired.length > pathsShown ? [`and ${repaired.length - pathsShown} more (--json lists them)`] : []),
    ...unreadable.map(({ file }) => `snapshot file ${file.name} cannot be read: given up`),
    ...(unreadable.length > 0 && rewrite.replacements.length === 0
      ? [`${flags.dryRun ? 'would give up' : 'giving up'} ${plural(unreadable.length, 'snapshot')}`]
      : replacementLines(rewrite, flags)),
  ];
}
