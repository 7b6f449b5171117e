/**
 * Makes room for entries in the folder that is restored to. Nothing here follows a symbolic link: a link in
 * the way of a folder or file is removed, never written through.
 */
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { TargetOccupiedError } from './restore-errors.ts';
import { joinPath } from './snapshot-path.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** What stands at a path, links not followed; undefined for nothing. */
export const statOf = (path: Buffer): BigIntStats | undefined =>
  lstatSync(path, { bigint: true, throwIfNoEntry: false });

/**
 * A folder that can be written into stands at the path afterwards. The permissions are made fit for the work;
 * those of the snapshot come when the folder is finished.
 */
export function ensureFolder(path: Buffer): void {
  const stat = statOf(path);
  if (stat?.isDirectory()) {
    if ((stat.mode & 0o700n) !== 0o700n) makeWritable(path, stat);
    return;
  }
  if (stat !== undefined) unlinkSync(path);
  mkdirSync(path, { mode: 0o700 });
}

function makeWritable(path: Buffer, stat: BigIntStats): void {
  try {
    chmodSync(path, Number(stat.mode & 0o7777n) | 0o700);
  } catch (error) {
    // Somebody else's folder: if it cannot be written to, the write will say so.
    if (!hasCode(error, 'EPERM')) throw error;
  }
}

/**
 * Nothing stands at the path afterwards.
 * @param wholeFolders removes folders with what is in them
 * @throws TargetOccupiedError
 */
export function clearPath(path: Buffer, wholeFolders: boolean): void {
  const stat = statOf(path);
  if (stat === undefined) return;
  if (!stat.isDirectory()) unlinkSync(path);
  else if (wholeFolders) removeTree(path);
  else removeEmptyFolder(path);
}

function removeEmptyFolder(path: Buffer): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw new TargetOccupiedError(path);
    throw error;
  }
}

/** Removes an entry and all that is below it; `onRemoved` is called for each. */
export function removeTree(path: Buffer, onRemoved?: (path: Buffer) => void): void {
  const stat = statOf(path);
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    if ((stat.mode & 0o700n) !== 0o700n) makeWritable(path, stat);
    for (const name of readdirSync(path, { encoding: 'buffer' })) removeTree(joinPath(path, name), onRemoved);
    rmdirSync(path);
  } else {
    unlinkSync(path);
  }
  onRemoved?.(path);
}

export interface PrepareFileOptions {
  /** bytes the file will have */
  readonly size: number;
  /** Keeps the content that a regular file has at the path; the file is emptied when false. */
  readonly keepContent: boolean;
  /** Sets the size at once, so that zeros need not be written. */
  readonly sparse: boolean;
  /** Removes a folder in the way with what is in it. */
  readonly wholeFolders: boolean;
}

/**
 * A regular file with a single name stands at the path afterwards, ready to be written at any offset.
 * @returns whether the content of a file that was there has been kept
 */
export function prepareFile(path: Buffer, options: PrepareFileOptions): boolean {
  const stat = statOf(path);
  // Other names of the file may be none of our business: it gets a successor of its own.
  const reusable = (stat?.isFile() ?? false) && stat?.nlink === 1n && options.keepContent;
  if (stat !== undefined && !reusable) clearPath(path, options.wholeFolders);
  if (reusable && (stat.mode & 0o200n) === 0n) makeFileWritable(path, stat);
  const flags = reusable ? O_WRONLY | O_NOFOLLOW : O_WRONLY | O_NOFOLLOW | O_CREAT | O_EXCL;
  const file = openSync(path, flags, 0o600);
  try {
    if (reusable && fstatSync(file).size > options.size) ftruncateSync(file, options.size);
    if (options.sparse) ftruncateSync(file, options.size);
  } finally {
    closeSync(file);
  }
  return reusable;
}

function makeFileWritable(path: Buffer, stat: BigIntStats): void {
  chmodSync(path, Number(stat.mode & 0o777n) | 0o600);
}
