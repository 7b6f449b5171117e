/** Compares the packs that exist with those that the index describes. */

import { PackUsage } from '../prune/pack-usage.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import type { EntriesByPack } from '../store/index/entries-by-pack.ts';
import type { Repository } from '../store/repository.ts';
import type { Findings } from './check-report.ts';
import type { Damage } from './damage.ts';

export interface CheckedPacks {
  /** Names and sizes of packs that the index describes and that exist. */
  readonly indexed: ReadonlyMap<string, number>;
  readonly unreferenced: ReadonlyMap<string, number>;
}

/** `files`: names and sizes of the packs that exist; those that the index describes are taken out. */
export function checkPacks(
  repository: Repository,
  files: Map<string, number>,
  { table, entries, damage }: { table: BlobTable; entries: EntriesByPack; damage: Damage },
  findings: Findings,
): CheckedPacks {
  const sums = new PackUsage(table, new BitSet(), () => true);
  const indexed = new Map<string, number>();
  for (let pack = 0; pack < sums.packCount; pack++) {
    const kind = sums.kindOf(pack);
    if (kind === undefined) continue;
    const name = table.packName(pack);
    const file = { kind: 'data', name } as const;
    const size = files.get(name);
    files.delete(name);
    const blobs = entries.entriesOf(pack);
    if (size === undefined) {
      findings.error(
        'pack-missing',
        `pack ${name} is missing; the index lists ${blobs.length} blobs in it`,
        file,
      );
      for (const entry of blobs) damage.markEntry(entry);
      continue;
    }
    indexed.set(name, size);
    if (size !== sums.sizeOf(pack)) {
      findings.error(
        'pack-wrong-size',
        `pack ${name} has ${size} bytes, but the index describes ${sums.sizeOf(pack)}`,
        file,
      );
      for (const entry of blobs) {
        const { offset, length } = table.locationAt(entry);
        if (offset + length > size) damage.markEntry(entry);
      }
    }
    if (kind === 'mixed' && repository.version === 2) {
      findings.hint('pack-mixed', `pack ${name} holds trees and data; prune separates them`, file);
    }
  }
  return { indexed, unreferenced: files };
}
