import type { PackUsage } from './pack-usage.ts';
import type { Amount, PruneStatistics } from './prune-plan.ts';
import type { SortedPacks } from './sort-packs.ts';

/** @param repack numbers of the packs that are written again */
export function pruneStatistics(
  usage: PackUsage,
  sorted: SortedPacks,
  repack: readonly number[],
): PruneStatistics {
  const indexed = [
    ...sorted.remove,
    ...sorted.missing,
    ...sorted.keep,
    ...sorted.candidates.map(({ pack }) => pack),
  ];
  const used = amount(
    indexed,
    usage.usedBlobs,
    (pack) => usage.sizeOf(pack) - (usage.unusedBytes[pack] ?? 0),
  );
  const notUsed = amount(indexed, usage.unusedBlobs, unusedBytes(usage));
  const duplicate: Amount = { blobs: usage.duplicateBlobs, bytes: usage.duplicateBytes };
  const unused = subtract(notUsed, duplicate);
  const unreferenced: Amount = {
    blobs: 0,
    bytes: sorted.unreferenced.reduce((sum, { size }) => sum + size, 0),
  };
  const repackRemove = amount(repack, usage.unusedBlobs, unusedBytes(usage));
  const remove = amount([...sorted.remove, ...sorted.missing], usage.unusedBlobs, (pack) =>
    usage.sizeOf(pack),
  );
  const removeTotal = add(add(remove, repackRemove), unreferenced);
  const all = add(add(used, notUsed), unreferenced);
  const live = [...sorted.keep, ...sorted.candidates.map(({ pack }) => pack)];
  return {
    used,
    duplicate,
    unused,
    unreferenced,
    repack: add(
      amount(repack, usage.usedBlobs, (pack) => usage.sizeOf(pack)),
      amount(repack, usage.unusedBlobs, () => 0),
    ),
    repackRemove,
    remove,
    removeTotal,
    remain: subtract(all, removeTotal),
    remainUnusedBytes:
      live.reduce((sum, pack) => sum + (usage.unusedBytes[pack] ?? 0), 0) - repackRemove.bytes,
    packs: {
      used: live.filter((pack) => usage.unusedBlobs[pack] === 0).length,
      partlyUsed: live.filter((pack) => usage.unusedBlobs[pack] !== 0).length,
      unused: sorted.remove.length + sorted.missing.length,
      keep: live.length - repack.length,
    },
  };
}

const unusedBytes =
  (usage: PackUsage) =>
  (pack: number): number =>
    usage.unusedBytes[pack] ?? 0;

function amount(packs: readonly number[], blobs: Uint32Array, bytes: (pack: number) => number): Amount {
  return packs.reduce(
    (sum, pack) => ({ blobs: sum.blobs + (blobs[pack] ?? 0), bytes: sum.bytes + bytes(pack) }),
    { blobs: 0, bytes: 0 },
  );
}

const add = (a: Amount, b: Amount): Amount => ({ blobs: a.blobs + b.blobs, bytes: a.bytes + b.bytes });
const subtract = (a: Amount, b: Amount): Amount => ({ blobs: a.blobs - b.blobs, bytes: a.bytes - b.bytes });
