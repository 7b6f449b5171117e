/** Bringing files back. */
export { type DumpOptions, dumpFile } from '../restore/dump-file.ts';
export { restoreSnapshot } from '../restore/restore.ts';
export * from '../restore/restore-errors.ts';
export type {
  Overwrite,
  RestoredItem,
  RestoreItemError,
  RestoreItemWarning,
  RestoreOptions,
  RestoreProgress,
  RestoreResult,
} from '../restore/restore-types.ts';
export { ConflictingPatternsError } from '../restore/selection.ts';
