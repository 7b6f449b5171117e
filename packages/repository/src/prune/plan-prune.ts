/**
 * Plans a prune: which packs stay as they are, which are written again without what nobody needs, and which
 * go. The rules are restic's; what they weigh up is traffic now against space later.
 */
import { acquireLock } from '../locks/lock.ts';
import { holdHeapSmall } from '../runtime/small-heap.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Repository } from '../store/repository.ts';
import { PackUsage } from './pack-usage.ts';
import { checkPruneOptions, maxUnusedBytes } from './prune-options.ts';
import type { PruneOptions, PrunePlan } from './prune-plan.ts';
import { pruneStatistics } from './prune-statistics.ts';
import { chooseRepacks } from './repack-choice.ts';
import { readState } from './repository-state.ts';
import { sortPacks } from './sort-packs.ts';
import { findUsedBlobs } from './used-blobs.ts';

export interface PlanPruneOptions extends PruneOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of trees read so far: reading them takes most of the time. */
  readonly onProgress?: ((trees: number) => void) | undefined;
  /** Set when the caller holds a lock already. */
  readonly noLock?: boolean;
}

/**
 * Changes nothing.
 * @throws PruneRefusedError when used blobs or packs are missing or a used pack has the wrong size
 */
export async function planPrune(repository: Repository, options: PlanPruneOptions = {}): Promise<PrunePlan> {
  using _ = holdHeapSmall();
  checkPruneOptions(options, repository.version);
  if (options.noLock) return await plan(repository, options, options.signal);
  await using lock = await acquireLock(repository, { kind: 'shared', signal: options.signal });
  return await plan(repository, options, lock.signal);
}

async function plan(
  repository: Repository,
  options: PlanPruneOptions,
  signal: AbortSignal | undefined,
): Promise<PrunePlan> {
  // The state is read first: what comes or goes meanwhile makes the plan outdated, never wrong.
  const state = await readState(repository.storage, signal);
  const table = await repository.loadIndex({ signal });
  const used = await findUsedBlobs(repository, { signal, onTree: options.onProgress });
  const files = await repository.listFiles('data', { signal });
  const usage = new PackUsage(table, used, (name) => files.has(name));

  const sorted = sortPacks(files, usage, options, repository.version);
  const chosen = chooseRepacks(sorted.candidates, usage, {
    maxRepackBytes: options.maxRepackSize ?? Number.POSITIVE_INFINITY,
    maxUnusedBytes: maxUnusedBytes(options, usage),
    smallPack: options,
  });
  const repack = new Set(chosen.repack);
  return {
    options,
    packs: {
      unreferenced: sorted.unreferenced.map(({ name }) => name),
      repack: chosen.repack.map((pack) => table.packName(pack)),
      remove: sorted.remove.map((pack) => table.packName(pack)),
      missing: sorted.missing.map((pack) => table.packName(pack)),
    },
    unusedSum: Buffer.from(usage.unusedSum).toString('hex'),
    statistics: pruneStatistics(usage, sorted, chosen.repack),
    table,
    copy: entriesToCopy(usage, table, repack),
    state,
  };
}

/** One copy of each used blob that would otherwise go with its pack. */
function entriesToCopy(usage: PackUsage, table: PrunePlan['table'], repack: ReadonlySet<number>): BitSet {
  const copy = new BitSet(table.entryCount);
  if (repack.size === 0) return copy;
  for (let entry = 0; entry < table.entryCount; entry++) {
    // The copy that counts as used lies in a pack that stays unless that pack is written again.
    if (usage.usedEntries.has(entry) && repack.has(table.packAt(entry))) copy.add(entry);
  }
  return copy;
}
