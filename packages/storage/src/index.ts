export {
  describeFile,
  FileExistsError,
  FileMissingError,
  ShortReadError,
  StorageError,
  type StorageErrorCode,
} from './errors.ts';
export { LocalStorage } from './local.ts';
export { MemoryStorage } from './memory.ts';
export { SUFFIXES } from './names.ts';
export type { OpenStorageOptions, RateLimits, RetryNotice, RetrySettings } from './open-options.ts';
export { openStorage } from './open-storage.ts';
export type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from './storage.ts';
export {
  MeasuredStorage,
  type OperationMetrics,
  StorageMetrics,
  type StorageOperation,
} from './wrappers/metrics.ts';
