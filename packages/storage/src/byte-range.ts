import { ShortReadError } from './errors.ts';
import type { ByteRange, StoredFile } from './storage.ts';

/** Turns a range into absolute bytes of a file of `size` bytes; rejects what reaches beyond the file. */
export function byteSpan(
  file: StoredFile,
  location: string,
  size: number,
  range: ByteRange = { offset: 0 },
): { start: number; length: number } {
  const start = range.offset < 0 ? size + range.offset : range.offset;
  const length = range.length ?? size - start;
  if (start < 0 || length < 0 || start + length > size) {
    throw new ShortReadError(file, location, `${range.length ?? 'all'} bytes at ${range.offset}`, size);
  }
  return { start, length };
}
