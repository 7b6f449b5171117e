/** Counting what a storage does. */
export {
  MeasuredStorage,
  type OperationMetrics,
  StorageMetrics,
  type StorageOperation,
} from '../wrappers/metrics.ts';
export { type StorageUse, storageUse } from '../wrappers/storage-use.ts';
