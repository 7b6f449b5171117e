/**
 * Forgetting snapshots: a plan says what each group keeps and why, and what goes; applying it removes
 * exactly those snapshot files. Data is not touched: that is what prune is for.
 */
import { FileMissingError } from '@octobox/storage/errors';
import { acquireLock } from '../locks/lock.ts';
import type { Repository } from '../store/repository.ts';
import { groupSnapshots, type SnapshotGroupKey } from '../store/snapshots/snapshot-groups.ts';
import { compareSnapshots, type Snapshot } from '../store/snapshots/snapshots.ts';
import { EmptyPolicyError, ForgetPlanOutdatedError, NothingKeptError } from './forget-errors.ts';
import { applyPolicy, isEmptyPolicy, type KeepDecision, type KeepPolicy } from './keep-policy.ts';

export interface ForgetOptions extends KeepPolicy {
  /** `host`, `paths`, `tags`, separated by commas; `host,paths` when absent, one group of all when empty */
  readonly groupBy?: string;
  /** Lets a policy without any rule, or one that keeps nothing of a group, remove all of its snapshots. */
  readonly allowRemoveAll?: boolean;
  /** Snapshots that stay whatever the rules say, by id, and why: see `heldBySuspicion`. */
  readonly held?: ReadonlyMap<string, string> | undefined;
  /** For tests and simulations; the time of the call when absent. */
  readonly now?: Date;
}

export interface ForgetGroup extends KeepDecision<Snapshot> {
  readonly key: SnapshotGroupKey;
}

export interface ForgetPlan {
  readonly groups: readonly ForgetGroup[];
  /** What applying the plan removes, over all groups. */
  readonly remove: readonly Snapshot[];
  /** Whether a group may be left without any snapshot. */
  readonly allowRemoveAll: boolean;
}

export interface ForgetProgress {
  readonly removed: number;
  readonly total: number;
}

export interface ApplyForgetOptions {
  readonly onProgress?: (progress: ForgetProgress) => void;
  readonly signal?: AbortSignal;
  /** Set when the caller holds an exclusive lock already. */
  readonly noLock?: boolean;
}

export interface ForgetResult {
  /** ids that are gone now, also those that somebody else removed first */
  readonly removed: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
}

/**
 * @param snapshots those to consider, already filtered by host, tag and path
 * @throws EmptyPolicyError, NothingKeptError, InvalidDurationError, InvalidGroupByError, InvalidKeepCountError
 */
export function planForget(snapshots: readonly Snapshot[], options: ForgetOptions): ForgetPlan {
  const allowRemoveAll = options.allowRemoveAll ?? false;
  if (isEmptyPolicy(options) && !allowRemoveAll) throw new EmptyPolicyError();
  const groups: ForgetGroup[] = groupSnapshots(snapshots, options.groupBy ?? 'host,paths').map((group) => ({
    key: group.key,
    ...withHeld(applyPolicy(newestFirst(group.snapshots), options, options.now), options.held),
  }));
  for (const group of groups) {
    if (group.keep.length === 0 && !allowRemoveAll) throw new NothingKeptError(group.key);
  }
  return { groups, remove: groups.flatMap((group) => group.remove), allowRemoveAll };
}

/** Among equal times the id decides, not the order of a listing: a plan that is made twice is the same. */
const newestFirst = (snapshots: readonly Snapshot[]): Snapshot[] =>
  [...snapshots].sort((a, b) => compareSnapshots(b, a));

function withHeld(
  decision: KeepDecision<Snapshot>,
  held: ReadonlyMap<string, string> = new Map(),
): KeepDecision<Snapshot> {
  const reasonOf = ({ id }: Snapshot): string[] => [held.get(id)].filter((reason) => reason !== undefined);
  const rescued = decision.remove.filter(({ id }) => held.has(id));
  if (rescued.length === 0) return decision;
  return {
    keep: [
      ...decision.keep.map(({ snapshot, reasons }) => ({
        snapshot,
        reasons: [...reasons, ...reasonOf(snapshot)],
      })),
      ...rescued.map((snapshot) => ({ snapshot, reasons: reasonOf(snapshot) })),
    ].sort((a, b) => compareSnapshots(b.snapshot, a.snapshot)),
    remove: decision.remove.filter(({ id }) => !held.has(id)),
  };
}

/** A plan to forget exactly these snapshots, as when a user names them. */
export function planForgetSnapshots(snapshots: readonly Snapshot[]): ForgetPlan {
  return { groups: [], remove: snapshots, allowRemoveAll: true };
}

/**
 * Removes what the plan removes, under an exclusive lock. A file that cannot be removed does not stop the
 * others; it is named in the result.
 * @throws ForgetPlanOutdatedError when a group would be left empty because its kept snapshots are gone
 */
export async function applyForget(
  repository: Repository,
  plan: ForgetPlan,
  options: ApplyForgetOptions = {},
): Promise<ForgetResult> {
  if (plan.remove.length === 0) return { removed: [], failed: [] };
  if (options.noLock) return await removeSnapshots(repository, plan, options, options.signal);
  await using lock = await acquireLock(repository, { kind: 'exclusive', signal: options.signal });
  return await removeSnapshots(repository, plan, options, lock.signal);
}

async function removeSnapshots(
  repository: Repository,
  plan: ForgetPlan,
  options: ApplyForgetOptions,
  signal: AbortSignal | undefined,
): Promise<ForgetResult> {
  if (!plan.allowRemoveAll) await refuseWhenKeptAreGone(repository, plan, signal);
  const removed: string[] = [];
  const failed: { id: string; error: unknown }[] = [];
  for (const { id } of plan.remove) {
    signal?.throwIfAborted();
    try {
      await repository.storage.remove({ kind: 'snapshot', name: id }, { signal });
      removed.push(id);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof FileMissingError) removed.push(id);
      else failed.push({ id, error });
    }
    options.onProgress?.({ removed: removed.length, total: plan.remove.length });
  }
  return { removed, failed };
}

async function refuseWhenKeptAreGone(
  repository: Repository,
  plan: ForgetPlan,
  signal: AbortSignal | undefined,
): Promise<void> {
  const present = new Set<string>();
  for await (const file of repository.storage.list('snapshot', { signal })) present.add(file.name);
  for (const group of plan.groups) {
    if (group.remove.length > 0 && !group.keep.some(({ snapshot }) => present.has(snapshot.id))) {
      throw new ForgetPlanOutdatedError(group.key);
    }
  }
}
