export { BackupJob, type BackupPayload, backupRequest, isSourceTag, sourceTag } from './backup-job.ts';
export { type ConnectSource, connectSources } from './connect-source.ts';
export type { BackupFact } from './facts.ts';
export { ForgetJob, forgetRequest, outdatedForget } from './forgetting/forget-job.ts';
export {
  type ForgetRequest,
  type JudgedForget,
  judgeForget,
  type Rests,
} from './forgetting/forget-planning.ts';
export { PlannedRemovals } from './forgetting/planned-removals.ts';
export { runs as runsMigration } from './migrations/0004-runs.ts';
export { runIndexes as runIndexesMigration } from './migrations/0018-run-indexes.ts';
export { runStorage as runStorageMigration } from './migrations/0022-run-storage.ts';
export { repositorySizes as repositorySizesMigration } from './migrations/0029-repository-sizes.ts';
export { grownDays as grownDaysMigration } from './migrations/0032-grown-days.ts';
export { runsInOrder as runsInOrderMigration } from './migrations/0033-runs-in-order.ts';
export { runsOfSource as runsOfSourceMigration } from './migrations/0034-runs-of-source.ts';
export { plannedRemovals as plannedRemovalsMigration } from './migrations/0038-planned-removals.ts';
export { replacedSnapshots as replacedSnapshotsMigration } from './migrations/0039-replaced-snapshots.ts';
export { repositoryLocations as repositoryLocationsMigration } from './migrations/0040-repository-locations.ts';
export { Probes } from './probe.ts';
export { DamagedPacks } from './repairs/damaged-packs.ts';
export type { RepairFigures, RepairOutcome, RepairWish } from './repairs/repair.ts';
export {
  RepairJob,
  type RepairPayload,
  RepairPlanJob,
  repairPlanRequest,
  repairRequest,
} from './repairs/repair-job.ts';
export { makeFirstRepository } from './repository/first-repository.ts';
export { longestDays, RepositoryGrowth } from './repository/repository-growth.ts';
export { RepositoryKeeper, type RepositorySettings } from './repository/repository-keeper.ts';
export { RepositoryLocations } from './repository/repository-locations.ts';
export type { Run } from './run.ts';
export { Runs } from './runs.ts';
export type { ReplacementKind, RunState } from './schema.ts';
export { nameMatcher } from './snapshots/name-matcher.ts';
export { type ReplacedSnapshot, ReplacedSnapshots } from './snapshots/replaced-snapshots.ts';
export {
  type EntryPage,
  SnapshotBrowser,
  type SnapshotEntry,
  type SnapshotFile,
  type SnapshotStream,
} from './snapshots/snapshot-browser.ts';
export { SnapshotContents } from './snapshots/snapshot-contents.ts';
export { type FindPlace, SnapshotFinder } from './snapshots/snapshot-finder.ts';
export { CheckJob, type CheckPayload, checkRequest } from './upkeep/check-job.ts';
export type { CheckOutcome } from './upkeep/check-outcome.ts';
export {
  PruneJob,
  type PruneOutcome,
  type PrunePayload,
  PrunePlanJob,
  prunePlanRequest,
  pruneRequest,
} from './upkeep/prune-job.ts';
export type { PruneFigures, PruneWish } from './upkeep/prune-planning.ts';
export { abandonedLockMs, tellWhomFor } from './upkeep/repository-alone.ts';
export { RetentionJob, retentionRequest } from './upkeep/retention-job.ts';
export { type KnownRefusal, lastRefusals, type RetentionRefusal } from './upkeep/retention-refusal.ts';
export { StatisticsJob, type StatisticsPayload, statisticsRequest } from './upkeep/statistics-job.ts';
export { TagJob, type TagPayload, tagRequest } from './upkeep/tag-job.ts';
