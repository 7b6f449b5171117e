/** Storages and their files. */
export { pathOf } from '../layout.ts';
export { isFileName, SUFFIXES } from '../names.ts';
export type {
  ByteRange,
  FileKind,
  FileWriter,
  Inlet,
  LayerOpening,
  LayerSeal,
  ListedFile,
  Outlet,
  Storage,
  StorageOptions,
  StoredFile,
} from '../storage.ts';
