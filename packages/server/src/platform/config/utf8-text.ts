import { ConfigError } from '../errors.ts';

/**
 * The text of a file; in another encoding names would be kept with signs that nobody wrote.
 * @throws ConfigError with line and column of the first byte that is no UTF-8
 */
export function utf8Text(bytes: Uint8Array, file: string): string {
  try {
    return decoded(bytes);
  } catch (cause) {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const advice = wide ? 'It looks like UTF-16: save it as UTF-8.' : 'Save it as UTF-8.';
    throw new ConfigError({ file, ...placeOfDamage(bytes) }, 'this is not UTF-8', { cause, advice });
  }
}

const decoded = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

function placeOfDamage(bytes: Uint8Array): { line: number; column: number } {
  let line = 1;
  for (let start = 0; ; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    const own = bytes.subarray(start, end);
    try {
      decoded(own);
    } catch {
      return { line, column: 1 + firstDamage(own) };
    }
    if (found === -1) return { line, column: 1 };
    start = end + 1;
  }
}

/** How many characters stand before it; a replacement character that was written is none. */
function firstDamage(line: Uint8Array): number {
  let length = 0;
  for (let end = 1; end <= line.length; end++) {
    // A character takes four bytes at most.
    if (end - length > 4) break;
    try {
      decoded(line.subarray(0, end));
      length = end;
    } catch {}
  }
  return decoded(line.subarray(0, length)).length;
}
