/** Finding names and blobs. */
export {
  BlobFinder,
  type BlobSearch,
  blobsOfPacks,
  type FindBlobsOptions,
  type FoundBlob,
  IdSet,
  PackUnknownError,
} from '../inspect/find-blobs.ts';
export {
  type FindOptions,
  type FoundNode,
  NameFinder,
  type NameSearch,
} from '../inspect/find-names.ts';
