/** Mending what is damaged. */
export {
  applyRepairIndex,
  planRepairIndex,
  type RepairIndexOptions,
  type RepairIndexPlan,
  type RepairIndexResult,
  repairsIndex,
} from '../repair/repair-index.ts';
export {
  applyRepairPacks,
  type LostBlob,
  type PackSalvage,
  type PlanRepairPacksOptions,
  planRepairPacks,
  type RepairPacksOptions,
  type RepairPacksPlan,
  UnknownPackError,
} from '../repair/repair-packs.ts';
export type { Repaired } from '../repair/repair-rule.ts';
export {
  applyRepairSnapshots,
  planRepairSnapshots,
  type RepairSnapshotsOptions,
  type RepairSnapshotsPlan,
} from '../repair/repair-snapshots.ts';
