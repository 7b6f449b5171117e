/** A repository itself: opening it, its snapshots, blobs and index. */
export { randomPolynomial } from '../chunker/polynomial.ts';
export { type BlobType, blobId, type SealedBlob, sealBlob, verifySealed } from '../format/blob.ts';
export type { KdfParameters } from '../format/key-file.ts';
export type { MasterKey } from '../format/sealing/crypto.ts';
export type { ExtendedAttribute, Node, NodeType } from '../format/trees/node.ts';
export { encodeNode } from '../format/trees/tree.ts';
export type { CompressionMode } from '../format/zstd/compression.ts';
export { type BlobLocation, BlobTable, type SharedBlobTable } from '../store/index/blob-table.ts';
export { BlobSaver, type SavedBlob, type SaverOptions } from '../store/packs/blob-saver.ts';
export {
  type InitOptions,
  type OpenOptions,
  Repository,
  type SnapshotRead,
  type UnpackedKind,
} from '../store/repository.ts';
export {
  compareSnapshots,
  matchesFilter,
  type Snapshot,
  type SnapshotContent,
  type SnapshotFilter,
  type SnapshotSummary,
  uniquePrefix,
} from '../store/snapshots/snapshots.ts';
export { readFile as readStoredFile } from '../store/stored-file.ts';
