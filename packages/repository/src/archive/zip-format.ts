/**
 * The records of zip archives (PKWARE APPNOTE 6.3.10): streamed entries, whose sizes follow in a data descriptor, and
 * zip64 wherever 32 bits are not enough. Names are UTF-8 (flag 11) when they can be.
 */
import { isUtf8 } from 'node:buffer';

export interface ZipEntry {
  readonly name: Buffer;
  /** st_mode with its type bits */
  readonly mode: number;
  /** seconds since 1970 */
  readonly modified: number;
  /** Folders and links are stored as they are. */
  readonly deflated: boolean;
  /** More than 4 GiB are to be expected, or the size is not known. */
  readonly large: boolean;
}

/** What is known when the content of an entry has been written. */
export interface WrittenZipEntry extends ZipEntry {
  readonly crc: number;
  readonly storedSize: number;
  readonly size: number;
  /** bytes before its local header */
  readonly offset: number;
}

const DESCRIPTOR_FOLLOWS = 0x0008;
const UTF8 = 0x0800;
const UNIX = 3 << 8;
const [VERSION, VERSION_64] = [20, 45];
const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;

const flagsOf = ({ name }: ZipEntry): number => DESCRIPTOR_FOLLOWS | (isUtf8(name) ? UTF8 : 0);

export function localHeader(entry: ZipEntry): Buffer {
  const extra = extendedTime(entry.modified);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(entry.large ? VERSION_64 : VERSION, 4);
  header.writeUInt16LE(flagsOf(entry), 6);
  header.writeUInt16LE(entry.deflated ? 8 : 0, 8);
  writeDosTime(header, 10, entry.modified);
  // Checksum and sizes are zero: the descriptor has them.
  header.writeUInt16LE(entry.name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, entry.name, extra]);
}

export function dataDescriptor({ crc, storedSize, size, large }: WrittenZipEntry): Buffer {
  const descriptor = Buffer.alloc(large ? 24 : 16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  descriptor.writeUInt32LE(crc, 4);
  if (large) {
    descriptor.writeBigUInt64LE(BigInt(storedSize), 8);
    descriptor.writeBigUInt64LE(BigInt(size), 16);
  } else {
    descriptor.writeUInt32LE(storedSize, 8);
    descriptor.writeUInt32LE(size, 12);
  }
  return descriptor;
}

/** For programs that know no modes, as restic sets them: a folder, and what is not to be written. */
const dosAttributes = (mode: number): number =>
  ((mode & 0o170000) === 0o040000 ? 0x10 : 0) | ((mode & 0o200) === 0 ? 0x01 : 0);

export function centralHeader(entry: WrittenZipEntry): Buffer {
  const wide = [entry.size, entry.storedSize, entry.offset].filter((value) => value >= MAX_32);
  const extra = Buffer.concat([zip64Extra(wide), extendedTime(entry.modified)]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(UNIX | VERSION_64, 4);
  header.writeUInt16LE(entry.large || wide.length > 0 ? VERSION_64 : VERSION, 6);
  header.writeUInt16LE(flagsOf(entry), 8);
  header.writeUInt16LE(entry.deflated ? 8 : 0, 10);
  writeDosTime(header, 12, entry.modified);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(Math.min(entry.storedSize, MAX_32), 20);
  header.writeUInt32LE(Math.min(entry.size, MAX_32), 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((entry.mode << 16) | dosAttributes(entry.mode)) >>> 0, 38);
  header.writeUInt32LE(Math.min(entry.offset, MAX_32), 42);
  return Buffer.concat([header, entry.name, extra]);
}

/** The end of the archive; `start` and `size` are of the central directory. */
export function archiveEnd(entries: number, start: number, size: number): Buffer {
  const needs64 = entries >= MAX_16 || start >= MAX_32 || size >= MAX_32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, MAX_16), 8);
  end.writeUInt16LE(Math.min(entries, MAX_16), 10);
  end.writeUInt32LE(Math.min(size, MAX_32), 12);
  end.writeUInt32LE(Math.min(start, MAX_32), 16);
  return needs64 ? Buffer.concat([archiveEnd64(entries, start, size), end]) : end;
}

function archiveEnd64(entries: number, start: number, size: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(UNIX | VERSION_64, 12);
  end.writeUInt16LE(VERSION_64, 14);
  end.writeBigUInt64LE(BigInt(entries), 24);
  end.writeBigUInt64LE(BigInt(entries), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + size), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

function zip64Extra(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [at, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * at);
  return extra;
}

/** Info-ZIP's extended timestamp: UTC, which the old fields are not. Times beyond 32 bits are left out. */
function extendedTime(seconds: number): Buffer {
  if (seconds < -0x80000000 || seconds > 0x7fffffff) return Buffer.alloc(0);
  const extra = Buffer.alloc(9);
  extra.writeUInt16LE(0x5455, 0);
  extra.writeUInt16LE(5, 2);
  extra.writeUInt8(1, 4);
  extra.writeInt32LE(seconds, 5);
  return extra;
}

/** Two seconds exact, from 1980 to 2107; UTC here. */
function writeDosTime(header: Buffer, offset: number, seconds: number): void {
  const time = new Date(seconds * 1000);
  const year = Number.isNaN(time.getTime()) ? 1980 : time.getUTCFullYear();
  if (year < 1980 || year > 2107) {
    header.writeUInt16LE((1 << 5) | 1, offset + 2);
    return;
  }
  header.writeUInt16LE(
    (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1),
    offset,
  );
  header.writeUInt16LE(
    ((year - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate(),
    offset + 2,
  );
}
