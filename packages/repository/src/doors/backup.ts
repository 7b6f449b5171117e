/** Writing snapshots. */
export type {
  BackupFilesOptions,
  BackupItem,
  BackupProgress,
  BackupResult,
  BackupStreamsOptions,
  BackupWarning,
  CommonBackupOptions,
  ItemError,
  StreamFile,
} from '../backup/backup-types.ts';
export {
  EmptyBackupError,
  SourceUnreadableError,
  WorkerCrashedError,
  WorkerFailedError,
} from '../backup/errors.ts';
export { backupFiles, type FilesToBackUp, PreparedFiles } from '../backup/files.ts';
export { backupStreams } from '../backup/streams.ts';
export { EarlyThreads } from '../backup/threads/worker-threads.ts';
