import type { PrunePlan, Repository } from '@octobox/repository';

/** What is weighed up: traffic now against space later. */
export interface PruneWish {
  /** How much of the repository may be unused bytes in packs that are also used. */
  readonly maxUnusedPercent?: number;
  /** No more of the packs is written again. */
  readonly maxRepackBytes?: number;
}

/** A plan as it is kept and shown. Bytes are those that are stored. */
export interface PruneFigures {
  /**
   * The same as long as the same is of no use, wherever it lies: an attempt that was cut off has moved the rest, and left
   * packs that are in no index. Empty: nothing goes but these.
   */
  readonly digest: string;
  readonly changesAnything: boolean;
  readonly packsRemoved: number;
  readonly packsRewritten: number;
  readonly packsKept: number;
  readonly bytesFreed: number;
  readonly bytesRewritten: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly bytesUnusedAfter: number;
}

/** Takes no lock: the caller holds one. */
export async function planPruning(
  repository: Repository,
  { maxUnusedPercent, maxRepackBytes }: PruneWish,
  options: { readonly signal: AbortSignal; readonly onProgress: (trees: number) => void },
): Promise<{ readonly plan: PrunePlan; readonly figures: PruneFigures }> {
  const { changesAnything, planPrune } = await import('@octobox/repository/prune');
  const plan = await planPrune(repository, {
    ...options,
    ...(maxUnusedPercent === undefined ? {} : { maxUnused: `${maxUnusedPercent}%` as const }),
    ...(maxRepackBytes === undefined ? {} : { maxRepackSize: maxRepackBytes }),
    noLock: true,
  });
  const { packs, statistics } = plan;
  return {
    plan,
    figures: {
      digest: digestOf(plan),
      changesAnything: changesAnything(plan),
      packsRemoved: packs.unreferenced.length + packs.remove.length,
      packsRewritten: packs.repack.length,
      packsKept: statistics.packs.keep,
      bytesFreed: statistics.removeTotal.bytes,
      bytesRewritten: statistics.repack.bytes,
      bytesBefore: statistics.remain.bytes + statistics.removeTotal.bytes,
      bytesAfter: statistics.remain.bytes,
      bytesUnusedAfter: statistics.remainUnusedBytes,
    },
  };
}

function digestOf({ packs, unusedSum, statistics: { repackRemove } }: PrunePlan): string {
  const nothingGoes = packs.remove.length + packs.missing.length + repackRemove.blobs === 0;
  return nothingGoes ? '' : unusedSum;
}
