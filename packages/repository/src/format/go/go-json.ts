/**
 * Strings as Go's encoding/json writes them with its default HTML escaping, the bytes of which restic hashes.
 *
 * The short forms of backspace and form feed exist since Go 1.22; older builds of restic wrote \u0008 and
 * \u000c. Readers take both; this writes the new ones.
 */
import { visitRunes } from './go-utf8.ts';

const SHORT = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A JSON string literal of well-formed text. */
export function goJsonString(text: string): string {
  if (!/[\u0000-\u001f"\\<>&\u2028\u2029\ud800-\udfff]/.test(text)) return `"${text}"`;
  const escaped = text
    .toWellFormed()
    .replace(
      /[\u0000-\u001f"\\<>&\u2028\u2029]/g,
      (letter) => SHORT.get(letter) ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `"${escaped}"`;
}

/** A JSON string literal of bytes; those that are not UTF-8 become the escape of U+FFFD, as in Go. */
export function goJsonBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return goJsonString(text);
  let literal = '"';
  visitRunes(bytes, {
    rune(codePoint) {
      literal += goJsonString(String.fromCodePoint(codePoint)).slice(1, -1);
    },
    broken() {
      literal += '\\ufffd';
    },
  });
  return `${literal}"`;
}
