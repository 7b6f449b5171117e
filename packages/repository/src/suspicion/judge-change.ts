/**
 * Whether a backup changed so much more than its history that it looks like the work of an intruder: files encrypted
 * in place or replaced by encrypted ones, or deleted.
 *
 * A share is a jump when it is above a floor, above what is usual (the median of the history and six deviations, from
 * the median absolute deviation, so that a few odd backups move neither) and above 1.25 times the largest of the
 * history: what was seen before and stood is not news. Marked backups are no part of the history.
 *
 * How it tells a release or a rotation from an attack: data that compresses as the data before does is no encrypted
 * data, so rewriting alone is a sign only where compression cannot tell. Deleted files are a sign only as far as no
 * others took their place. A slow attack, a little in each backup, stays below all of these; so does one within the
 * first backups, before there is a history.
 */
import type { SnapshotSummary } from '../store/snapshots/snapshots.ts';
import { type ChangeMeasure, measureChange } from './change-measure.ts';

/** One backup of the same host and paths. */
export interface PastBackup {
  readonly summary: SnapshotSummary;
  /** Whether its files were compared with a parent's. */
  readonly compared: boolean;
}

export type SignCode = 'rewritten' | 'incompressible' | 'files-lost' | 'bytes-lost';

export interface Sign {
  readonly code: SignCode;
  /** Between 0 and 1: what jumped, what is usual, and the most of the history. */
  readonly share: number;
  readonly usual: number;
  readonly most: number;
  /** A sentence with the numbers. */
  readonly summary: string;
}

export const THRESHOLDS = {
  /** Backups before this one that there must be. */
  history: 3,
  /** The latest of them that are compared with. */
  recent: 60,
  /** Below so many files a single one is too large a share. */
  files: 20,
  /** Below so much there is nothing to tell from. */
  bytes: 256 * 1024,
  rewritten: { touched: 0.5, fresh: 0.3 },
  incompressible: { stored: 0.9, above: 0.2, touched: 0.1, fresh: 0.1 },
  filesLost: 0.4,
  bytesLost: 0.5,
  /** Times the median absolute deviation, scaled to a standard deviation. */
  deviations: 6,
  overMost: 1.25,
  /** New data that compresses this nearly like all data before is of the same kind. */
  alike: 0.15,
  /** Above this, compression cannot tell encrypted data from the usual. */
  neverCompressed: 0.8,
} as const;

/**
 * Gives the signs; none when all is as usual or nobody can know.
 * @param compared `before` is the backup before this one, marked or not: a mark tells of one event, once. `good` is the
 *   last before a mark: encrypted files may be larger, and a restore that shrinks them again loses nothing
 * @param history oldest first, without marked ones
 */
export function judgeChange(
  backup: PastBackup,
  {
    before,
    good = before,
  }: { readonly before: SnapshotSummary; readonly good?: SnapshotSummary | undefined },
  history: readonly PastBackup[],
  options: { readonly compressed: boolean },
): Sign[] {
  if (history.length < THRESHOLDS.history) return [];
  const now = measureChange(backup.summary, before, backup.compared);
  const lost = measureChange(backup.summary, smaller(before, good), backup.compared);
  const past = pastMeasures(history);
  const usualStored = storedOfAll(history);
  return [
    incompressible(now, past, usualStored, options.compressed),
    rewritten(now, past, usualStored, options.compressed),
    filesLost(lost, past),
    bytesLost(lost, past),
  ].filter((sign) => sign !== undefined);
}

const smaller = (a: SnapshotSummary, b: SnapshotSummary): SnapshotSummary => ({
  ...a,
  totalFilesProcessed: Math.min(a.totalFilesProcessed, b.totalFilesProcessed),
  totalBytesProcessed: Math.min(a.totalBytesProcessed, b.totalBytesProcessed),
});

function pastMeasures(history: readonly PastBackup[]): ChangeMeasure[] {
  const recent = history.slice(-THRESHOLDS.recent - 1);
  return recent.slice(1).map(({ summary, compared }, at) => {
    const { summary: before } = recent[at] as PastBackup;
    return measureChange(summary, before, compared);
  });
}

/** Of all that the history stored, the first backup with all of its data included. */
function storedOfAll(history: readonly PastBackup[]): number {
  const plain = history.reduce((sum, { summary }) => sum + summary.dataAdded, 0);
  const stored = history.reduce((sum, { summary }) => sum + summary.dataAddedPacked, 0);
  return plain === 0 ? 1 : stored / plain;
}

function incompressible(
  now: ChangeMeasure,
  past: readonly ChangeMeasure[],
  usual: number,
  compressed: boolean,
): Sign | undefined {
  const { stored: most, above, touched, fresh } = THRESHOLDS.incompressible;
  if (!compressed || now.stored === undefined || now.freshBytes < THRESHOLDS.bytes) return undefined;
  if (now.stored < most || now.stored - usual < above) return undefined;
  // Uploads of photographs are fresh and do not compress, but leave what was there alone.
  if (now.touched !== undefined && now.touched < touched) return undefined;
  const jumped = jump(now.fresh, fresh, shares(past, 'fresh'));
  if (jumped === undefined) return undefined;
  return {
    code: 'incompressible',
    share: now.stored,
    usual,
    most: usual,
    summary:
      `new data no longer compresses, as encrypted data does not: it takes ${percent(now.stored)} of its size, ` +
      `${percent(usual)} until now; it is ${percent(now.fresh)} of all data (usually ${percent(jumped.usual)}, at most ${percent(jumped.most)})`,
  };
}

function rewritten(
  now: ChangeMeasure,
  past: readonly ChangeMeasure[],
  usualStored: number,
  compressed: boolean,
): Sign | undefined {
  if (now.touched === undefined || now.filesBefore < THRESHOLDS.files) return undefined;
  if (now.freshBytes < THRESHOLDS.bytes || now.stored === undefined) return undefined;
  const telling = compressed && usualStored <= THRESHOLDS.neverCompressed;
  if (telling && now.stored <= usualStored + THRESHOLDS.alike) return undefined;
  // Both at once: after a restore every file is changed, and nothing is new.
  const renewed = (one: ChangeMeasure): number => Math.min(one.touched ?? 0, one.fresh);
  const jumped = jump(renewed(now), THRESHOLDS.rewritten.fresh, past.map(renewed));
  if (jumped === undefined || now.touched < THRESHOLDS.rewritten.touched) return undefined;
  return {
    code: 'rewritten',
    share: renewed(now),
    ...jumped,
    summary:
      `${percent(now.touched)} of ${count(now.filesBefore)} files were changed or replaced since the backup before, ` +
      `and ${percent(now.fresh)} of all data is new (usually ${percent(jumped.usual)}, at most ${percent(jumped.most)})`,
  };
}

function filesLost(now: ChangeMeasure, past: readonly ChangeMeasure[]): Sign | undefined {
  if (now.filesBefore < THRESHOLDS.files) return undefined;
  const jumped = jump(now.filesLost, THRESHOLDS.filesLost, shares(past, 'filesLost'));
  if (jumped === undefined) return undefined;
  return {
    code: 'files-lost',
    share: now.filesLost,
    ...jumped,
    summary:
      `${percent(now.filesLost)} of the files are gone: ${count(now.filesNow)} of ${count(now.filesBefore)} are left ` +
      `(usually ${percent(jumped.usual)} go, at most ${percent(jumped.most)})`,
  };
}

function bytesLost(now: ChangeMeasure, past: readonly ChangeMeasure[]): Sign | undefined {
  if (now.bytesBefore < THRESHOLDS.bytes) return undefined;
  const jumped = jump(now.bytesLost, THRESHOLDS.bytesLost, shares(past, 'bytesLost'));
  if (jumped === undefined) return undefined;
  return {
    code: 'bytes-lost',
    share: now.bytesLost,
    ...jumped,
    summary:
      `${percent(now.bytesLost)} of the data is gone: ${count(now.bytesNow)} of ${count(now.bytesBefore)} bytes are left ` +
      `(usually ${percent(jumped.usual)} go, at most ${percent(jumped.most)})`,
  };
}

const shares = (past: readonly ChangeMeasure[], name: 'fresh' | 'filesLost' | 'bytesLost') =>
  past.map((measure) => measure[name]);

/** What is usual and what was the most, when `value` is beyond both and the floor. */
function jump(
  value: number,
  floor: number,
  history: readonly number[],
): { readonly usual: number; readonly most: number } | undefined {
  const usual = median(history);
  const deviation = 1.4826 * median(history.map((one) => Math.abs(one - usual)));
  const most = Math.max(0, ...history);
  const limit = Math.max(usual + THRESHOLDS.deviations * deviation, THRESHOLDS.overMost * most);
  return value >= floor && value > limit ? { usual, most } : undefined;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

const percent = (share: number): string =>
  `${share > 0 && share < 0.1 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
const count = (number: number): string => number.toLocaleString('en-US');
