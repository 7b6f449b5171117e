/** How much a backup differs from the one before it, from the two summaries alone: nothing is read again. */
import type { SnapshotSummary } from '../store/snapshots/snapshots.ts';

/** Shares between 0 and 1; absent where the summaries cannot tell. */
export interface ChangeMeasure {
  /** Files that the backup before held. */
  readonly filesBefore: number;
  readonly filesNow: number;
  readonly bytesBefore: number;
  readonly bytesNow: number;
  /** Of the files from before, those that were changed or are gone; absent when each was read as a new one (streams). */
  readonly touched?: number | undefined;
  /** Bytes of new blobs, of all bytes. */
  readonly fresh: number;
  readonly freshBytes: number;
  /** What new blobs take when stored, of their plain size: near 1 for what does not compress, as encrypted data. */
  readonly stored?: number | undefined;
  /** By how much the number of files, and of bytes, fell; 0 when it did not. */
  readonly filesLost: number;
  readonly bytesLost: number;
}

/** @param compared whether the files were compared with those of `before`, so that unmodified ones were counted as such */
export function measureChange(
  now: SnapshotSummary,
  before: SnapshotSummary,
  compared: boolean,
): ChangeMeasure {
  const filesBefore = before.totalFilesProcessed;
  const filesNow = now.totalFilesProcessed;
  const bytesBefore = before.totalBytesProcessed;
  const bytesNow = now.totalBytesProcessed;
  const gone = Math.max(0, filesBefore - now.filesChanged - now.filesUnmodified);
  return {
    filesBefore,
    filesNow,
    bytesBefore,
    bytesNow,
    touched: compared ? share(now.filesChanged + gone, filesBefore) : undefined,
    fresh: share(now.dataAdded, bytesNow),
    freshBytes: now.dataAdded,
    stored: now.dataAdded === 0 ? undefined : now.dataAddedPacked / now.dataAdded,
    filesLost: share(filesBefore - filesNow, filesBefore),
    bytesLost: share(bytesBefore - bytesNow, bytesBefore),
  };
}

const share = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
