/**
 * Makes room for entries in the folder that is restored to. Nothing here follows a symbolic link, whoever exchanges what
 * for one and when: a link in the way of a folder or file is removed, never written through.
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
import { libc } from '../../filesystem/libc.ts';
import { makeFile, openForWriting } from '../contents/open-file.ts';
import { TargetOccupiedError } from '../restore-errors.ts';
import { O_PATH, Place, TargetFolder } from './target-folders.ts';

const { O_NOFOLLOW } = constants;

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** What stands at a place, links not followed; undefined for nothing. */
export function statOf(place: Place): BigIntStats | undefined {
  try {
    return lstatSync(place.reach(), { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    // There is no such folder, which is usual in a dry run.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}

/** Sets permissions; those of a link are not to be set. */
export function changeMode(place: Place, mode: number): void {
  if (!place.folder.folders.usesDescriptors) {
    chmodSync(place.reach(), mode);
    return;
  }
  const entry = openSync(place.reach(), O_PATH | O_NOFOLLOW);
  const path = `/proc/self/fd/${entry}`;
  try {
    chmodSync(path, mode);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(path, place.path.toString());
    throw error;
  } finally {
    closeSync(entry);
  }
}

/**
 * A folder that can be written into stands at the place afterwards. The permissions are made fit for the work;
 * those of the snapshot come when the folder is finished.
 * @param isAbsent when it is known that nothing stands there
 * @returns whether it was made
 */
export function ensureFolder(place: Place, isAbsent: boolean): boolean {
  const stat = isAbsent ? undefined : statOf(place);
  if (stat?.isDirectory()) {
    if ((stat.mode & 0o700n) !== 0o700n) makeWritable(place, stat);
    return false;
  }
  if (stat !== undefined) unlinkSync(place.reach());
  mkdirSync(place.reach(), { mode: 0o700 });
  return true;
}

/** Whether new files in the folder have the owner of this process, and no attributes but such as the system gives to all. */
export function isPlainFolder(folder: TargetFolder): boolean {
  const self = new Place(folder, Buffer.from('.'));
  const stat = statOf(self);
  if (stat === undefined || (stat.mode & 0o2000n) !== 0n) return false;
  if (Number(stat.uid) !== process.geteuid?.() || Number(stat.gid) !== process.getegid?.()) return false;
  try {
    const names = libc()?.listAttributes(self.reach());
    return names?.every((name) => !name.equals(defaultAccess)) ?? false;
  } catch (error) {
    return hasCode(error, 'ENOTSUP', 'EOPNOTSUPP');
  }
}

/** The access list that new entries of a folder inherit. */
const defaultAccess = Buffer.from('system.posix_acl_default');

function makeWritable(place: Place, stat: BigIntStats): void {
  try {
    changeMode(place, Number(stat.mode & 0o7777n) | 0o700);
  } catch (error) {
    // Somebody else's folder: if it cannot be written to, the write will say so.
    if (!hasCode(error, 'EPERM')) throw error;
  }
}

/**
 * Nothing stands at the place afterwards.
 * @param wholeFolders removes folders with what is in them
 * @throws TargetOccupiedError
 */
export function clearPlace(place: Place, wholeFolders: boolean): void {
  const stat = statOf(place);
  if (stat === undefined) return;
  if (!stat.isDirectory()) unlinkSync(place.reach());
  else if (wholeFolders) removeTree(place);
  else removeEmptyFolder(place);
}

function removeEmptyFolder(place: Place): void {
  try {
    rmdirSync(place.reach());
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw new TargetOccupiedError(place.path);
    throw error;
  }
}

/** Removes an entry and all that is below it; `onRemoved` is called for each. */
export function removeTree(place: Place, onRemoved?: (path: Buffer) => void): void {
  const stat = statOf(place);
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    if ((stat.mode & 0o700n) !== 0o700n) makeWritable(place, stat);
    removeEntries(new TargetFolder(place.folder.folders, place.folder, place.name), onRemoved);
    rmdirSync(place.reach());
  } else {
    unlinkSync(place.reach());
  }
  onRemoved?.(place.path);
}

function removeEntries(folder: TargetFolder, onRemoved: ((path: Buffer) => void) | undefined): void {
  try {
    for (const name of readdirSync(folder.reach(), { encoding: 'buffer' })) {
      removeTree(new Place(folder, name), onRemoved);
    }
  } finally {
    folder.close();
  }
}

export interface PrepareFileOptions {
  /** bytes the file will have */
  readonly size: number;
  /** Keeps the content that a regular file has at the place; the file is emptied when false. */
  readonly keepContent: boolean;
  /** Sets the size at once, so that zeros need not be written. */
  readonly sparse: boolean;
  /** Removes a folder in the way with what is in it. */
  readonly wholeFolders: boolean;
}

/**
 * A regular file with a single name stands at the place afterwards, ready to be written at any offset.
 * @returns whether the content of a file that was there has been kept
 */
export function prepareFile(place: Place, options: PrepareFileOptions): boolean {
  const stat = statOf(place);
  // Other names of the file may be none of our business: it gets a successor of its own.
  const reusable = (stat?.isFile() ?? false) && stat?.nlink === 1n && options.keepContent;
  if (stat !== undefined && !reusable) clearPlace(place, options.wholeFolders);
  if (reusable && (stat.mode & 0o200n) === 0n) changeMode(place, Number(stat.mode & 0o777n) | 0o600);
  const file = reusable ? openForWriting(place.reach()) : makeFile(place.reach());
  try {
    if (reusable && fstatSync(file).size > options.size) ftruncateSync(file, options.size);
    if (options.sparse) ftruncateSync(file, options.size);
  } finally {
    closeSync(file);
  }
  return reusable;
}
