/**
 * Mends snapshots of which something is lost, so that what is left of them can be restored and prune and check are
 * content. Run it last: first what can be brought back (from a copy, `repair index`, `repair packs`) must be.
 */
import type { DamagedFileError } from '../errors.ts';
import { type Replaced, removeSnapshot } from '../rewrite/replacement.ts';
import {
  type ApplyRewriteOptions,
  applyRewrite,
  planRewrite,
  type RewritePlan,
} from '../rewrite/rewrite-plan.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { type Repaired, repairRule } from './repair-rule.ts';

export const REPAIRED_TAG = 'repaired';

export interface RepairSnapshotsPlan {
  readonly rewrite: RewritePlan;
  /** What changes inside of snapshots; equal folders are told once. */
  readonly repaired: readonly Repaired[];
  /** Snapshot files that cannot be read, and go. */
  readonly unreadable: readonly DamagedFileError[];
}

export interface RepairSnapshotsOptions {
  /** Whether the damaged snapshots go. */
  readonly forget: boolean;
  /** Files to remove because they are no snapshot any more; only together with `forget`. */
  readonly unreadable?: readonly DamagedFileError[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onSnapshot?: ((done: number, total: number) => void) | undefined;
}

/** Needs the index. @param all every snapshot that can be read */
export async function planRepairSnapshots(
  repository: Repository,
  snapshots: readonly Snapshot[],
  options: RepairSnapshotsOptions,
  all: readonly Snapshot[],
): Promise<RepairSnapshotsPlan> {
  const repaired: Repaired[] = [];
  let isPlanning = true;
  const rule = repairRule(repository.index, (one) => {
    // Applying the plan asks the rule again.
    if (isPlanning) repaired.push(one);
  });
  const { forget, signal, onSnapshot } = options;
  const rewrite = await planRewrite(
    repository,
    snapshots,
    { rule, mark: REPAIRED_TAG, forget, removesEmpty: true, signal, onSnapshot },
    all,
  );
  isPlanning = false;
  return { rewrite, repaired, unreadable: forget ? (options.unreadable ?? []) : [] };
}

/** As `applyRewrite`; unreadable files go last. Gives what was replaced, each by what. */
export async function applyRepairSnapshots(
  repository: Repository,
  plan: RepairSnapshotsPlan,
  options: ApplyRewriteOptions = {},
): Promise<Replaced[]> {
  const replaced = await applyRewrite(repository, plan.rewrite, options);
  for (const { file } of plan.unreadable) await removeSnapshot(repository, file.name, options.signal);
  return [...replaced, ...plan.unreadable.map(({ file }) => ({ old: file.name, new: undefined }))];
}
