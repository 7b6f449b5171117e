/** What a prune will do, as a value: shown by a dry run, then applied as it is. */

import type { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';
import type { RepositoryState } from './repository-state.ts';

/** How many unused bytes may stay in packs that are also used: bytes, a share of the used bytes, or all. */
export type MaxUnused = number | 'unlimited' | `${number}%`;

export interface PruneOptions {
  /** 5 % when absent, as in restic */
  readonly maxUnused?: MaxUnused;
  /** Rewrites no more than about this many bytes of packs. */
  readonly maxRepackSize?: number;
  /** Rewrites only packs of trees, which clients keep in their caches. */
  readonly repackCacheableOnly?: boolean;
  /** Rewrites all small packs, not only when there are ten of them; what is small is `smallPackSize`. */
  readonly repackSmall?: boolean;
  /** bytes; packs below it are small. When absent it is derived from the packs that are there. */
  readonly smallPackSize?: number;
  /** Compresses blobs that are not; for format version 2 only. Trees always are. */
  readonly repackUncompressed?: boolean;
}

export interface Amount {
  readonly blobs: number;
  /** bytes as stored */
  readonly bytes: number;
}

export interface PruneStatistics {
  readonly used: Amount;
  /** Further copies of used blobs. */
  readonly duplicate: Amount;
  readonly unused: Amount;
  /** Packs that no index names; what is in them is not known, so blobs is 0. */
  readonly unreferenced: Amount;
  /** In packs that are read and written again. */
  readonly repack: Amount;
  /** What is left out when packs are written again. */
  readonly repackRemove: Amount;
  /** In packs that are removed as a whole. */
  readonly remove: Amount;
  /** Everything that disappears. */
  readonly removeTotal: Amount;
  readonly remain: Amount;
  readonly remainUnusedBytes: number;
  readonly packs: {
    readonly used: number;
    readonly partlyUsed: number;
    readonly unused: number;
    readonly keep: number;
  };
}

export interface PrunePlan {
  readonly options: PruneOptions;
  /** Names of packs, 64 hex digits. */
  readonly packs: {
    /** Named by no index: removed first. */
    readonly unreferenced: readonly string[];
    /** Their used blobs are written into new packs, then they are removed. */
    readonly repack: readonly string[];
    /** Hold nothing that is used. */
    readonly remove: readonly string[];
    /** Named by an index, hold nothing that is used, and are gone already: forgotten by the index. */
    readonly missing: readonly string[];
  };
  /** Made of the ids of all blobs that nothing uses: the same as long as these are the same, wherever they lie. */
  readonly unusedSum: string;
  readonly statistics: PruneStatistics;
  /** Where all blobs lay when the plan was made. */
  readonly table: BlobTable;
  /** Entries of that table that are written again: one for each used blob that lies only in packs to go. */
  readonly copy: BitSet;
  /** What snapshots and index files there were: applying refuses when it has changed. */
  readonly state: RepositoryState;
}

/** Whether applying the plan would change anything. */
export const changesAnything = (plan: PrunePlan): boolean =>
  Object.values(plan.packs).some((names) => names.length > 0);
