/** The public types of a backup. */
import type { LockedError } from '../errors.ts';
import type { Snapshot, SnapshotSummary } from '../store/snapshots/snapshots.ts';
import type { Sign } from '../suspicion/judge-change.ts';
import type { SelectionOptions } from './listing/selection.ts';
import type { EarlyThreads } from './threads/worker-threads.ts';

export interface BackupProgress {
  readonly filesDone: number;
  readonly bytesDone: number;
  /** What the parent snapshot held, or what a scan found: an expectation, absent without either. */
  readonly filesTotal?: number | undefined;
  readonly bytesTotal?: number | undefined;
  /** Of new blobs, before compression. */
  readonly bytesAdded: number;
  /** Of new blobs, as stored. */
  readonly bytesStored: number;
  readonly errors: number;
  /** Paths that are being read, the largest files among them first. */
  readonly current: readonly string[];
}

/** A file or folder that is done. */
export interface BackupItem {
  /** Absolute; of folders it ends in a slash. */
  readonly path: string;
  readonly state: 'new' | 'changed' | 'unmodified';
  /** Of a file. */
  readonly bytes?: number | undefined;
  /** What was not stored yet: of a file its content, of a folder its tree. Bytes before and after compression. */
  readonly added: { readonly bytes: number; readonly stored: number };
  /** From when it was found to when it was stored, in seconds; 0 of a file that was not read. */
  readonly seconds: number;
}

export interface CommonBackupOptions {
  readonly host: string;
  readonly tags?: readonly string[] | undefined;
  /** The time of the snapshot; now when absent. */
  readonly time?: Date | undefined;
  /** Threads; as many as there are cores when absent. */
  readonly workers?: number | undefined;
  /** Threads that were started while the repository was opened; the others are started when they are needed. */
  readonly threads?: EarlyThreads | undefined;
  /** Kept in the snapshot; a name and a version. */
  readonly programVersion?: string | undefined;
  /** The caller holds a lock already. */
  readonly noLock?: boolean | undefined;
  /** That lock is only begun, and held when this resolves: nothing is published before. */
  readonly lockHeld?: Promise<void> | undefined;
  /**
   * Compares how much changed with the backups before it; a jump marks the snapshot with `SUSPICIOUS_TAG` and is told
   * in the result. Off when absent.
   */
  readonly watchForIntrusion?: boolean | undefined;
  /** Milliseconds to wait for a lock. */
  readonly retryLock?: number | undefined;
  /** Called once when somebody's lock is in the way and will be waited for. */
  readonly onLockWait?: ((error: LockedError) => void) | undefined;
  /** While it waits: locks whose process is gone go after so many milliseconds in which nobody refreshed them. */
  readonly abandonedAfter?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called at most five times a second and once at the end. */
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined;
  /** Called for damage of the repository that costs time; the snapshot is whole all the same. */
  readonly onWarning?: ((warning: BackupWarning) => void) | undefined;
}

export interface BackupFilesOptions extends CommonBackupOptions, SelectionOptions {
  /** Absolute or relative to the working folder; buffers for names that are not UTF-8. */
  readonly paths: readonly (string | Buffer)[];
  /** Id or beginning of the id of the parent snapshot; false for none; found by host and paths when absent. */
  readonly parent?: string | false | undefined;
  /** What a parent must have in common with the new snapshot, as `groupSnapshots` takes it; `host,paths` when absent. */
  readonly groupBy?: string | undefined;
  /** Writes no snapshot when its tree would be the parent's. */
  readonly skipIfUnchanged?: boolean | undefined;
  /** Reads every file even if it looks unchanged. */
  readonly force?: boolean | undefined;
  /** Without a parent, counts files and bytes beside the backup, for the totals of its progress. */
  readonly scan?: boolean | undefined;
  /** Reads and counts, stores nothing. */
  readonly dryRun?: boolean | undefined;
  /** Large files that are read at the same time; 2 when absent. */
  readonly readConcurrency?: number | undefined;
  readonly withAtime?: boolean | undefined;
  readonly ignoreInode?: boolean | undefined;
  readonly ignoreCtime?: boolean | undefined;
  /** Called for each file and folder when it is done; not for links and other kinds. */
  readonly onItem?: ((item: BackupItem) => void) | undefined;
  /** Called for each item that is not, or not wholly, in the snapshot. */
  readonly onError?: ((path: string, error: Error) => void) | undefined;
}

export interface StreamFile {
  /** Relative to the folder; may hold slashes. */
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface BackupStreamsOptions extends CommonBackupOptions {
  /** The absolute folder in the snapshot that the files lie in; also the snapshot's path, unless `snapshotPaths` says otherwise. */
  readonly folder: string;
  readonly files: AsyncIterable<StreamFile> | Iterable<StreamFile>;
  /** The snapshot's paths when they are not the folder: streams of one folder then form groups of their own. */
  readonly snapshotPaths?: readonly string[] | undefined;
}

export interface ItemError {
  readonly path: string;
  readonly message: string;
}

export interface BackupWarning {
  /** The file of the repository, or the folder of the parent snapshot, that it is about. */
  readonly item: string;
  /** A sentence that names the item. */
  readonly message: string;
}

export interface BackupResult {
  /** Absent in a dry run, and when nothing had changed and such a snapshot was not wanted. */
  readonly snapshot?: Snapshot | undefined;
  readonly summary: SnapshotSummary;
  /** Files that were written to, replaced or deleted while they were read: the next backup has them right. */
  readonly changedWhileReading: readonly string[];
  /** At most the first 1,000; `errorCount` counts all. */
  readonly errors: readonly ItemError[];
  readonly errorCount: number;
  /** Signs of an intrusion; none when all is as usual or nobody looked. */
  readonly signs: readonly Sign[];
  /** At most the first 1,000. Not about the sources: the snapshot lacks nothing by them. */
  readonly warnings: readonly BackupWarning[];
}
