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
