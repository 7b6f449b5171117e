export { type ArchiveFormat, type ArchiveOptions, archiveFolder } from './archive/archive-folder.ts';
export { type Dump, dumpPath } from './archive/dump-path.ts';
export type {
  BackupFilesOptions,
  BackupItem,
  BackupProgress,
  BackupResult,
  BackupStreamsOptions,
  BackupWarning,
  ItemError,
  StreamFile,
} from './backup/backup-types.ts';
export {
  EmptyBackupError,
  SourceUnreadableError,
  WorkerCrashedError,
  WorkerFailedError,
} from './backup/errors.ts';
export { backupFiles, type FilesToBackUp, PreparedFiles } from './backup/files.ts';
export { backupStreams } from './backup/streams.ts';
export { randomPolynomial } from './chunker/polynomial.ts';
export {
  type ApplyCopyOptions,
  applyCopy,
  type CopiedSnapshot,
  type CopyProgress,
} from './copy/apply-copy.ts';
export {
  type CopyBatch,
  type CopyPlan,
  CopyRefusedError,
  type PlanCopyOptions,
  planCopy,
} from './copy/copy-plan.ts';
export * from './errors.ts';
export {
  InvalidPatternError,
  PatternList,
  type PatternMatch,
  type PatternOptions,
} from './filesystem/patterns.ts';
export { type BlobType, blobId, type SealedBlob, sealBlob, verifySealed } from './format/blob.ts';
export type { CompressionMode } from './format/compression.ts';
export type { MasterKey } from './format/crypto.ts';
export type { KdfParameters } from './format/key-file.ts';
export type { ExtendedAttribute, Node, NodeType } from './format/node.ts';
export { encodeNode } from './format/tree.ts';
export {
  type BrowseEntry,
  browseFolder,
  type FolderPage,
  InvalidPageError,
  type PageOptions,
  type PathVersion,
  pathHistory,
  type RangeOptions,
  readFileRange,
  type SearchResult,
  searchSnapshot,
} from './inspect/browse.ts';
export {
  type DiffCounts,
  type DiffOptions,
  type DiffStatistics,
  diffSnapshots,
  type SnapshotChange,
} from './inspect/diff-snapshots.ts';
export {
  BlobFinder,
  type BlobSearch,
  blobsOfPacks,
  type FindBlobsOptions,
  type FoundBlob,
  IdSet,
  PackUnknownError,
} from './inspect/find-blobs.ts';
export {
  type FindOptions,
  type FoundNode,
  NameFinder,
  type NameSearch,
} from './inspect/find-names.ts';
export {
  COUNTING_MODES,
  type CountingMode,
  countRepository,
  type RepositoryStatistics,
  type StatisticsOptions,
} from './inspect/repository-statistics.ts';
export { type NodeVisitor, type VisitedNode, type WalkOptions, walkNodes } from './inspect/walk-nodes.ts';
export { type AcquireLockOptions, acquireLock, RepositoryLock } from './locks/lock.ts';
export type { LockKind, StoredLock } from './locks/stored-locks.ts';
export { listLocks, type RemovedLocks, removeLocks } from './locks/unlock.ts';
export {
  type ApplyPruneOptions,
  applyPrune,
  type PrunePhase,
  type PruneProgress,
  type PruneResult,
} from './maintain/apply-prune.ts';
export { InvalidDurationError } from './maintain/calendar-duration.ts';
export { type CheckOptions, checkRepository } from './maintain/check.ts';
export type {
  CheckPhase,
  CheckProgress,
  CheckReport,
  Finding,
  FindingCode,
} from './maintain/check-report.ts';
export {
  type ApplyForgetOptions,
  applyForget,
  type ForgetGroup,
  type ForgetOptions,
  type ForgetPlan,
  type ForgetProgress,
  type ForgetResult,
  planForget,
  planForgetSnapshots,
} from './maintain/forget.ts';
export {
  type ConcernOptions,
  type ForgetConcern,
  type ForgetConcernCode,
  forgetConcerns,
  heldAsVerified,
} from './maintain/forget-concerns.ts';
export * from './maintain/forget-errors.ts';
export { isEmptyPolicy, type KeepCount, type KeepPolicy, type Kept } from './maintain/keep-policy.ts';
export { type PlanPruneOptions, planPrune } from './maintain/plan-prune.ts';
export * from './maintain/prune-errors.ts';
export {
  type Amount,
  changesAnything,
  type MaxUnused,
  type PruneOptions,
  type PrunePlan,
  type PruneStatistics,
} from './maintain/prune-plan.ts';
export { InvalidSubsetError, type ReadDataSubset } from './maintain/read-data-subset.ts';
export {
  describeGroup,
  groupSnapshots,
  InvalidGroupByError,
  type SnapshotGroup,
  type SnapshotGroupKey,
} from './maintain/snapshot-groups.ts';
export { mirrorRepository } from './mirror/mirror.ts';
export * from './mirror/mirror-errors.ts';
export { type MirrorLag, mirrorLag } from './mirror/mirror-lag.ts';
export {
  type KindPlan,
  MIRRORED_KINDS,
  type MirroredKind,
  type MirrorPlan,
  planMirror,
} from './mirror/mirror-plan.ts';
export { emptyRecord, type MirrorRecord, noteMissing } from './mirror/mirror-record.ts';
export type {
  MirrorOptions,
  MirrorProblem,
  MirrorProgress,
  MirrorResult,
  RemovalResult,
} from './mirror/mirror-types.ts';
export { assertOtherPlace } from './mirror/other-place.ts';
export { readMirrorRecord, writeMirrorRecord } from './mirror/record-file.ts';
export {
  applyRepairIndex,
  planRepairIndex,
  type RepairIndexOptions,
  type RepairIndexPlan,
  type RepairIndexResult,
  repairsIndex,
} from './repair/repair-index.ts';
export {
  applyRepairPacks,
  type LostBlob,
  type PackSalvage,
  planRepairPacks,
  type RepairPacksOptions,
  type RepairPacksPlan,
  UnknownPackError,
} from './repair/repair-packs.ts';
export type { Repaired } from './repair/repair-rule.ts';
export {
  applyRepairSnapshots,
  planRepairSnapshots,
  type RepairSnapshotsOptions,
  type RepairSnapshotsPlan,
} from './repair/repair-snapshots.ts';
export { type DumpOptions, dumpFile } from './restore/dump-file.ts';
export { type ListedNode, type ListOptions, listNodes } from './restore/list-nodes.ts';
export { restoreSnapshot } from './restore/restore.ts';
export * from './restore/restore-errors.ts';
export type {
  Overwrite,
  RestoredItem,
  RestoreItemError,
  RestoreItemWarning,
  RestoreOptions,
  RestoreProgress,
  RestoreResult,
} from './restore/restore-types.ts';
export { ConflictingPatternsError } from './restore/selection.ts';
export { planTags, type TagChange } from './rewrite/change-tags.ts';
export { excludeRule, includeRule } from './rewrite/exclude-rule.ts';
export { applyReplacements, type Replaced, type Replacement } from './rewrite/replacement.ts';
export * from './rewrite/rewrite-errors.ts';
export {
  type ApplyRewriteOptions,
  applyRewrite,
  planRewrite,
  type RewritePlan,
  type SnapshotRewriteOptions,
} from './rewrite/rewrite-plan.ts';
export type { RewriteRule } from './rewrite/tree-rewriter.ts';
export { BlobSaver, type SavedBlob, type SaverOptions } from './store/blob-saver.ts';
export { type BlobLocation, BlobTable, type SharedBlobTable } from './store/blob-table.ts';
export {
  findKeyFile,
  KeyAmbiguousError,
  KeyInUseError,
  type KeyListing,
  KeyMissingError,
  type ListedKey,
  listKeys,
  removeKey,
} from './store/key-list.ts';
export {
  type InitOptions,
  type OpenOptions,
  Repository,
  type SnapshotRead,
  type UnpackedKind,
} from './store/repository.ts';
export {
  compareSnapshots,
  matchesFilter,
  type Snapshot,
  type SnapshotContent,
  type SnapshotFilter,
  type SnapshotSummary,
  uniquePrefix,
} from './store/snapshots.ts';
export { readFile as readStoredFile } from './store/stored-file.ts';
export type { Sign, SignCode } from './suspicion/judge-change.ts';
export { heldBySuspicion, isSuspicious, SUSPICIOUS_TAG } from './suspicion/suspicious-tag.ts';
