export {
  FileExistsError,
  FileMissingError,
  ShortReadError,
  StorageError,
  type StorageErrorCode,
} from './errors.ts';
export type {
  ByteRange,
  FileKind,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from './storage.ts';
