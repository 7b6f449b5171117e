export * from './errors.ts';
export { type BlobType, blobId, type SealedBlob, sealBlob, verifySealed } from './format/blob.ts';
export type { CompressionMode } from './format/compression.ts';
export type { MasterKey } from './format/crypto.ts';
export type { KdfParameters } from './format/key-file.ts';
export { type AcquireLockOptions, acquireLock, RepositoryLock } from './locks/lock.ts';
export type { LockKind, StoredLock } from './locks/stored-locks.ts';
export { listLocks, type RemovedLocks, removeLocks } from './locks/unlock.ts';
export { BlobSaver, type SavedBlob, type SaverOptions } from './store/blob-saver.ts';
export { type BlobLocation, BlobTable, type SharedBlobTable } from './store/blob-table.ts';
export { type InitOptions, type OpenOptions, Repository, type UnpackedKind } from './store/repository.ts';
export {
  compareSnapshots,
  matchesFilter,
  type Snapshot,
  type SnapshotContent,
  type SnapshotFilter,
  type SnapshotSummary,
} from './store/snapshots.ts';
