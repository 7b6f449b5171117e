import type { StoredFile } from '@octobox/storage';
import type { LockedError } from '../errors.ts';
import type { LockTiming } from '../locks/lock.ts';
import type { HeldLoss } from './held-loss.ts';
import type { MirroredKind, MirrorPlan } from './mirror-plan.ts';
import type { MirrorRecord } from './mirror-record.ts';

export interface MirrorOptions {
  /** What was shown to somebody; made anew when absent. */
  readonly plan?: MirrorPlan | undefined;
  /** Begin again although the record tells of a mirror that is gone from the target. */
  readonly anew?: boolean | undefined;
  /** What earlier runs remembered, from `readMirrorRecord`. */
  readonly record: MirrorRecord;
  /** How long what the source forgot stays at the target, in seconds; absent: for ever. */
  readonly keepDeleted?: number | undefined;
  /**
   * What is held because it went missing under suspicious circumstances was meant to go. The id of a `HeldLoss`: only if
   * that is what is held.
   */
  readonly acceptLoss?: boolean | string | undefined;
  /** Seconds for which what is needed is kept locked, where the storage can do that; renewed as long as it is needed. */
  readonly retain?: number | undefined;
  /** Objects on their way at the same time; 4 when absent. */
  readonly transfers?: number | undefined;
  /** Read every object again after it was sent. */
  readonly verify?: boolean | undefined;
  /** Take no lock at the source. A prune there is survived, at the price of further rounds. */
  readonly noLock?: boolean | undefined;
  /** Milliseconds to wait for a lock that somebody else holds. */
  readonly retryLock?: number | undefined;
  /** Called once when somebody's lock is in the way and will be waited for. */
  readonly onLockWait?: ((error: LockedError) => void) | undefined;
  /**
   * Locks at the target are removed before anything is that was forgotten, and on both sides those that are waited for,
   * when their process is gone and they were not refreshed for so many milliseconds; absent: they stay, and nothing is
   * removed beside them.
   */
  readonly abandonedAfter?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
  readonly onProblem?: ((problem: MirrorProblem) => void) | undefined;
  /** For tests. */
  readonly now?: (() => Date) | undefined;
  readonly lockTiming?: Partial<LockTiming> | undefined;
}

export interface MirrorProgress {
  readonly phase: MirroredKind | 'remove';
  /** Of this round. */
  readonly objectsDone: number;
  readonly objectsTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** Something of the source that could not be copied as it is; everything that does not need it was. */
export interface MirrorProblem {
  readonly file: StoredFile;
  readonly problem: string;
}

export interface MirrorResult {
  readonly objectsCopied: number;
  readonly bytesCopied: number;
  readonly rounds: number;
  readonly seconds: number;
  /** At most the first thousand; `problemCount` counts all. */
  readonly problems: readonly MirrorProblem[];
  readonly problemCount: number;
  /** Files that stay behind because of problems: they name what is not at the target. */
  readonly withheld: { readonly indexes: number; readonly snapshots: number };
  /** Snapshots at the target now. */
  readonly snapshots: ReadonlySet<string>;
  readonly removal: RemovalResult;
  /** What stays at the target until a person says that it was meant to go. */
  readonly loss: HeldLoss | undefined;
  /** To be kept for the next run. */
  readonly record: MirrorRecord;
}

export interface RemovalResult {
  readonly removed: number;
  /** Missing at the source, and not yet for long enough. */
  readonly waiting: number;
  /** Waiting for a person to say that they were meant to go. */
  readonly held: number;
  /** The storage does not let go of them: append-only, or locked. */
  readonly refused: number;
  /** Why nothing, or not everything, was removed although its time has come; for people. */
  readonly reason?: string | undefined;
}
