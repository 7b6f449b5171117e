/** Counts what a restore does and passes it on to whoever listens. */
import type { SnapshotSummary } from '../store/snapshots/snapshots.ts';
import type {
  RestoredItem,
  RestoreItemError,
  RestoreItemWarning,
  RestoreOptions,
  RestoreResult,
} from './restore-types.ts';

const itemsKept = 1000;

export class RestoreReport {
  readonly #options: RestoreOptions;
  readonly #shown: (text: string) => string;
  readonly #totals: { filesTotal?: number; bytesTotal?: number };
  readonly #errors: RestoreItemError[] = [];
  readonly #warnings: RestoreItemWarning[] = [];
  readonly #counts = {
    filesRestored: 0,
    filesUnchanged: 0,
    skipped: 0,
    folders: 0,
    others: 0,
    deleted: 0,
    bytesRestored: 0,
    bytesUnchanged: 0,
    verified: 0,
    errorCount: 0,
    warningCount: 0,
  };
  #filesDone = 0;
  #bytesDone = 0;
  #current = '';

  /**
   * @param summary of the snapshot, when the whole of it is restored
   * @param shown makes what a system's error says fit for people
   */
  constructor(
    options: RestoreOptions,
    summary: SnapshotSummary | undefined,
    shown: (text: string) => string,
  ) {
    this.#options = options;
    this.#shown = shown;
    this.#totals =
      summary === undefined
        ? {}
        : { filesTotal: summary.totalFilesProcessed, bytesTotal: summary.totalBytesProcessed };
  }

  error(path: Buffer, error: unknown): void {
    if (error instanceof Error && 'syscall' in error) error.message = this.#shown(error.message);
    const text = path.toString();
    this.#counts.errorCount++;
    if (this.#errors.length < itemsKept) this.#errors.push({ path: text, message: messageOf(error), error });
    this.#options.onError?.(text, error);
  }

  warning(path: Buffer, problem: string): void {
    const text = path.toString();
    const message = this.#shown(problem);
    this.#counts.warningCount++;
    if (this.#warnings.length < itemsKept) this.#warnings.push({ path: text, message });
    this.#options.onWarning?.(text, message);
  }

  /** Bytes of content were written. */
  bytes(count: number): void {
    this.#bytesDone += count;
    this.#progress();
  }

  file(path: Buffer, action: 'restored' | 'updated' | 'unchanged', size: number): void {
    if (action === 'unchanged') {
      this.#counts.filesUnchanged++;
      this.#counts.bytesUnchanged += size;
    } else {
      this.#counts.filesRestored++;
      this.#counts.bytesRestored += size;
    }
    this.#filesDone++;
    this.#item(path, action, size);
  }

  /** An entry was left alone; the size is that of a file, and undefined for other entries. */
  skipped(path: Buffer, size?: number): void {
    this.#counts.skipped++;
    if (size !== undefined) {
      this.#filesDone++;
      this.#bytesDone += size;
    }
    this.#item(path, 'skipped', size ?? 0);
  }

  folder(path: Buffer): void {
    this.#counts.folders++;
    this.#item(path, 'restored', 0);
  }

  /** A link, a device, or a further name of a file. */
  other(path: Buffer, isFileName: boolean): void {
    this.#counts.others++;
    if (isFileName) this.#filesDone++;
    this.#item(path, 'restored', 0);
  }

  deleted(path: Buffer): void {
    this.#counts.deleted++;
    this.#item(path, 'deleted', 0);
  }

  verified(): void {
    this.#counts.verified++;
  }

  result(): RestoreResult {
    return { ...this.#counts, errors: this.#errors, warnings: this.#warnings };
  }

  #item(path: Buffer, action: RestoredItem['action'], size: number): void {
    if (this.#options.onItem === undefined && this.#options.onProgress === undefined) return;
    this.#current = path.toString();
    this.#options.onItem?.({ path: this.#current, action, size });
    this.#progress();
  }

  #progress(): void {
    this.#options.onProgress?.({
      ...this.#totals,
      filesDone: this.#filesDone,
      bytesDone: this.#bytesDone,
      errors: this.#counts.errorCount,
      current: this.#current,
    });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
