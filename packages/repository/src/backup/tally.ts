/** Counts what a backup does, for its summary and its progress. */
import { formatGoDate } from '../format/go/go-time.ts';
import type { SnapshotSummary } from '../store/snapshots/snapshots.ts';
import type { BackupProgress, BackupWarning, CommonBackupOptions, ItemError } from './backup-types.ts';
import type { ScanTotals } from './listing/scan.ts';
import type { NewBlobs } from './threads/new-blobs.ts';

export type ItemState = 'new' | 'changed' | 'unmodified';

const PROGRESS_EVERY_MS = 200;
const KEPT_MESSAGES = 1000;

export class Tally {
  readonly start = new Date();
  readonly files = { new: 0, changed: 0, unmodified: 0 };
  readonly folders = { new: 0, changed: 0, unmodified: 0 };
  readonly changedWhileReading: string[] = [];
  readonly errors: ItemError[] = [];
  readonly warnings: BackupWarning[] = [];
  readonly current = new Set<string>();
  errorCount = 0;
  /** The summary of the parent snapshot. */
  expected: SnapshotSummary | undefined;
  /** What is there to be read, when somebody counted. */
  scanned: ScanTotals | undefined;
  bytesDone = 0;
  #dataBlobs = 0;
  #treeBlobs = 0;
  #bytesAdded = 0;
  #bytesStored = 0;
  #reported = 0;
  readonly #onProgress: ((progress: BackupProgress) => void) | undefined;
  readonly #onWarning: ((warning: BackupWarning) => void) | undefined;

  constructor({ onProgress, onWarning }: Pick<CommonBackupOptions, 'onProgress' | 'onWarning'> = {}) {
    this.#onProgress = onProgress;
    this.#onWarning = onWarning;
  }

  addBlobs(type: 'data' | 'tree', { count, bytes, stored }: NewBlobs): void {
    if (type === 'data') this.#dataBlobs += count;
    else this.#treeBlobs += count;
    this.#bytesAdded += bytes;
    this.#bytesStored += stored;
  }

  addError(path: string, message: string): void {
    this.errorCount++;
    if (this.errors.length < KEPT_MESSAGES) this.errors.push({ path, message });
  }

  /** Damage of the repository that costs time only. */
  warn(item: string, message: string): void {
    const warning = { item, message };
    if (this.warnings.length < KEPT_MESSAGES) this.warnings.push(warning);
    this.#onWarning?.(warning);
  }

  /** Tells the progress when the last time is long enough ago. */
  report(always = false): void {
    if (this.#onProgress === undefined) return;
    const now = performance.now();
    if (!always && now - this.#reported < PROGRESS_EVERY_MS) return;
    this.#reported = now;
    this.#onProgress({
      filesDone: this.#filesDone,
      bytesDone: this.bytesDone,
      filesTotal: this.scanned?.files ?? this.expected?.totalFilesProcessed,
      bytesTotal: this.scanned?.bytes ?? this.expected?.totalBytesProcessed,
      bytesAdded: this.#bytesAdded,
      bytesStored: this.#bytesStored,
      errors: this.errorCount,
      current: [...this.current].slice(0, 8),
    });
  }

  summary(): SnapshotSummary {
    return {
      backupStart: formatGoDate(this.start),
      backupEnd: formatGoDate(new Date()),
      filesNew: this.files.new,
      filesChanged: this.files.changed,
      filesUnmodified: this.files.unmodified,
      dirsNew: this.folders.new,
      dirsChanged: this.folders.changed,
      dirsUnmodified: this.folders.unmodified,
      dataBlobs: this.#dataBlobs,
      treeBlobs: this.#treeBlobs,
      dataAdded: this.#bytesAdded,
      dataAddedPacked: this.#bytesStored,
      totalFilesProcessed: this.#filesDone,
      totalBytesProcessed: this.bytesDone,
    };
  }

  get #filesDone(): number {
    return this.files.new + this.files.changed + this.files.unmodified;
  }
}
