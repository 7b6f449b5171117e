/** Sorts the packs of a repository by what a prune could do with each. */
import type { PackUsage } from './pack-usage.ts';
import { PruneRefusedError } from './prune-errors.ts';
import type { PruneOptions } from './prune-plan.ts';
import type { Candidate } from './repack-choice.ts';

export interface SortedPacks {
  readonly unreferenced: readonly { readonly name: string; readonly size: number }[];
  /** Numbers of packs in the table of blobs, as in the other lists. */
  readonly remove: readonly number[];
  readonly missing: readonly number[];
  readonly keep: readonly number[];
  /** Could be written again; the choice among them is made afterwards. */
  readonly candidates: readonly Candidate[];
}

/**
 * @param files names and sizes of the packs that exist
 * @throws PruneRefusedError when a used pack is missing or has the wrong size
 */
export function sortPacks(
  files: ReadonlyMap<string, number>,
  usage: PackUsage,
  options: PruneOptions,
  version: 1 | 2,
): SortedPacks {
  const { table } = usage;
  const numbers = new Map<string, number>();
  for (let pack = 0; pack < usage.packCount; pack++) {
    if (usage.kindOf(pack) !== undefined) numbers.set(table.packName(pack), pack);
  }
  const unreferenced = [...files]
    .filter(([name]) => !numbers.has(name))
    .map(([name, size]) => ({ name, size }));
  const remove: number[] = [];
  const missing: number[] = [];
  const keep: number[] = [];
  const candidates: Candidate[] = [];
  const problems: string[] = [];
  for (const [name, pack] of numbers) {
    const size = files.get(name);
    if (usage.usedBlobs[pack] === 0) {
      (size === undefined ? missing : remove).push(pack);
    } else if (size === undefined) {
      problems.push(`pack ${name} is missing, and holds ${usage.usedBlobs[pack]} used blobs`);
    } else if (size !== usage.sizeOf(pack)) {
      problems.push(`pack ${name} has ${size} bytes, and the index describes ${usage.sizeOf(pack)}`);
    } else {
      const kind = usage.kindOf(pack);
      const mustCompress =
        version === 2 &&
        usage.hasUncompressed(pack) &&
        (kind === 'tree' || (options.repackUncompressed ?? false));
      const isClean = usage.unusedBlobs[pack] === 0 && kind !== 'mixed' && !mustCompress;
      if (options.repackCacheableOnly && kind === 'data') keep.push(pack);
      else candidates.push({ pack, size, mustCompress, isClean });
    }
  }
  if (problems.length > 0) throw new PruneRefusedError(problems.slice(0, 100), problems.length);
  return { unreferenced, remove, missing, keep, candidates };
}
