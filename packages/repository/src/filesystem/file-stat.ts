/** What lstat says, as plain values that can cross to other threads; 64-bit fields never lose a digit. */
import { type BigIntStats, fstatSync, lstatSync, statSync } from 'node:fs';

export interface FileStat {
  /** st_mode with its type bits */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly inode: bigint;
  readonly device: bigint;
  /** st_rdev: the number of a device node */
  readonly specialDevice: bigint;
  readonly links: bigint;
  /** bytes */
  readonly size: bigint;
  /** Times are nanoseconds since 1970. */
  readonly modified: bigint;
  readonly accessed: bigint;
  readonly changed: bigint;
}

export type FileKindOnDisk = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular';

const KINDS = new Map<number, FileKindOnDisk>([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symlink'],
  [0o060000, 'dev'],
  [0o020000, 'chardev'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
]);

export const kindOf = (stat: FileStat): FileKindOnDisk => KINDS.get(stat.mode & 0o170000) ?? 'irregular';

/** Links are not followed. Throws Node's file-system errors. */
export const statPath = (path: Buffer): FileStat => plain(lstatSync(path, { bigint: true }));

/** Links are followed. */
export const statTarget = (path: Buffer): FileStat => plain(statSync(path, { bigint: true }));

export const statOpenFile = (file: number): FileStat => plain(fstatSync(file, { bigint: true }));

// Node hands 64-bit values over as signed ones.
const unsigned = (value: bigint): bigint => (value < 0n ? BigInt.asUintN(64, value) : value);

function plain(stats: BigIntStats): FileStat {
  return {
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    inode: unsigned(stats.ino),
    device: unsigned(stats.dev),
    specialDevice: unsigned(stats.rdev),
    links: stats.nlink,
    size: stats.size,
    modified: stats.mtimeNs,
    accessed: stats.atimeNs,
    changed: stats.ctimeNs,
  };
}
