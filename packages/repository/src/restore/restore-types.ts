import type { SelectionOptions } from './selection.ts';

/**
 * What happens to entries that exist in the target: replaced; replaced unless size and time are the same; replaced
 * when the snapshot's is newer; left alone. Folders always get the metadata of the snapshot.
 */
export type Overwrite = 'always' | 'if-changed' | 'if-newer' | 'never';

export interface RestoreOptions extends SelectionOptions {
  /** The folder to restore into; made when it does not exist. */
  readonly target: string | Buffer;
  /** The folder of the snapshot whose content is restored; its root when absent. */
  readonly folder?: string | Buffer | undefined;
  /** 'always' when absent: what is right already is not written again. */
  readonly overwrite?: Overwrite | undefined;
  /** Removes from restored folders what the snapshot does not hold and the patterns select. */
  readonly delete?: boolean | undefined;
  /** Leaves folders that are there and only lead to what is included as they are: they belong to others. */
  readonly spareFoldersAbove?: boolean | undefined;
  /** Reads the target and the snapshot, changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Reads every written file back and compares it with the snapshot. */
  readonly verify?: boolean | undefined;
  /** Leaves holes where files hold zeros. */
  readonly sparse?: boolean | undefined;
  /** Owner and group are those that have the names of the snapshot here; by number where a name is unknown. */
  readonly ownershipByName?: boolean | undefined;
  /** Extended attributes whose names match are left as they are in the target. Excludes `includeAttributes`. */
  readonly excludeAttributes?: readonly string[] | undefined;
  /** Only extended attributes whose names match are restored. */
  readonly includeAttributes?: readonly string[] | undefined;
  /** Owner and group; tried when absent, and then reported only for root when impossible. */
  readonly ownership?: boolean | undefined;
  /** Threads for opening and writing blobs; as many as processors, but four at most, when absent. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Set when the caller holds a lock already. */
  readonly noLock?: boolean | undefined;
  /** Called once the folder is found in the snapshot and the target is there, before anything is restored. */
  readonly onStart?: (() => void) | undefined;
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined;
  /** Every entry that something was done to, or would be. */
  readonly onItem?: ((item: RestoredItem) => void) | undefined;
  /** An entry that could not be restored; the others go on. */
  readonly onError?: ((path: string, error: unknown) => void) | undefined;
  /** Metadata that could not be set on an entry. */
  readonly onWarning?: ((path: string, problem: string) => void) | undefined;
}

export interface RestoredItem {
  /** Within the snapshot; for deleted entries within the target folder. Bytes that are no UTF-8 show as U+FFFD. */
  readonly path: string;
  readonly action: 'restored' | 'updated' | 'unchanged' | 'skipped' | 'deleted';
  /** bytes, 0 for all but files */
  readonly size: number;
}

export interface RestoreProgress {
  /** Files whose content is complete, also those that were right already or skipped. */
  readonly filesDone: number;
  readonly bytesDone: number;
  /** Known when a whole snapshot with a summary is restored. */
  readonly filesTotal?: number | undefined;
  readonly bytesTotal?: number | undefined;
  readonly errors: number;
  /** The entry that was looked at last. */
  readonly current: string;
}

export interface RestoreItemError {
  readonly path: string;
  readonly message: string;
  readonly error: unknown;
}

export interface RestoreItemWarning {
  readonly path: string;
  readonly message: string;
}

export interface RestoreResult {
  /** Files that were written, as a whole or in part. */
  readonly filesRestored: number;
  /** Files whose content was right already. */
  readonly filesUnchanged: number;
  /** Entries left alone because of the overwrite rule. */
  readonly skipped: number;
  readonly folders: number;
  /** Links, devices, FIFOs and further names of files. */
  readonly others: number;
  readonly deleted: number;
  /** Bytes of content of the files restored, and of those unchanged. */
  readonly bytesRestored: number;
  readonly bytesUnchanged: number;
  /** Files read back. */
  readonly verified: number;
  readonly errorCount: number;
  /** The first thousand. */
  readonly errors: readonly RestoreItemError[];
  readonly warningCount: number;
  readonly warnings: readonly RestoreItemWarning[];
}
