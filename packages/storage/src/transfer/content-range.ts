/** A part of a file over HTTP (RFC 9110, section 14): asking for it, and making sure that the answer is that part. */
import { byteSpan } from '../byte-range.ts';
import type { ByteRange, StoredFile } from '../storage.ts';
import { interrupted } from './network-errors.ts';

export interface AskedRange {
  readonly file: StoredFile;
  readonly location: string;
  readonly range: ByteRange;
}

/** For a range that begins at or behind the file's first byte. */
export const rangeHeader = ({ offset, length }: ByteRange): string =>
  `bytes=${offset}-${length === undefined ? '' : offset + length - 1}`;

/** How many bytes the answer with this `Content-Range` has to bring; an error when it is not what was asked for. */
export function lengthOfPart(
  { file, location, range }: AskedRange,
  contentRange: string | undefined,
): number {
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? '') ?? [];
  if (from === undefined || to === undefined || total === undefined) {
    throw interrupted(location, 'the server gave no range although one was asked for');
  }
  const { start, length } = byteSpan(file, location, Number(total), range);
  if (Number(from) === start && Number(to) - start + 1 === length) return length;
  throw interrupted(
    location,
    `the server gave bytes ${from}-${to} where ${length} at ${start} were asked for`,
  );
}

/** What a read gives whose range the server refused: nothing right behind the last byte, an error otherwise. */
export function refusedPart(
  { file, location, range }: AskedRange,
  size: number,
  cause?: unknown,
): Uint8Array {
  if (range.offset === size && range.length === undefined) return Buffer.alloc(0);
  byteSpan(file, location, size, range);
  throw interrupted(location, 'the server refuses a range that the file has', cause);
}
