/** The `Range` header, RFC 9110 section 14.2, one range of bytes. */
import { Refusal } from './errors.ts';

export interface Span {
  readonly start: number;
  /** bytes */
  readonly length: number;
}

/**
 * The bytes that a header asks for of a file of `size` bytes; undefined for the whole file, which RFC 9110
 * also answers to several ranges and to other units.
 * @throws Refusal 416 for a range that begins beyond the file
 */
export function requestedRange(header: string | undefined, size: number): Span | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) return undefined;
  const unsatisfiable = () =>
    new Refusal(416, `the file is ${size} bytes long`, { headers: { 'content-range': `bytes */${size}` } });
  if (from === '') {
    const length = Math.min(Number(to), size);
    if (length === 0) throw unsatisfiable();
    return { start: size - length, length };
  }
  const start = Number(from);
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < start) return undefined;
  if (start >= size) throw unsatisfiable();
  return { start, length: end - start + 1 };
}
