/**
 * UTF-8 as Go reads it: every byte that does not belong to a valid sequence counts as one broken byte.
 * Go refuses overlong forms, surrogates and anything above U+10FFFF.
 */

export interface RuneVisitor {
  rune(codePoint: number): void;
  broken(byte: number): void;
}

export function visitRunes(bytes: Uint8Array, visitor: RuneVisitor): void {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      visitor.rune(first);
      at++;
      continue;
    }
    const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const codePoint = first > 0xf4 || size === 0 ? -1 : sequence(bytes, at, size);
    if (codePoint === -1) {
      visitor.broken(first);
      at++;
    } else {
      visitor.rune(codePoint);
      at += size;
    }
  }
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

function sequence(bytes: Uint8Array, at: number, size: number): number {
  let codePoint = (bytes[at] ?? 0) & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return -1;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const valid =
    codePoint >= (SMALLEST[size] ?? 0) && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return valid ? codePoint : -1;
}

export function isValidUtf8(bytes: Buffer): boolean {
  let valid = true;
  if (isPlainAscii(bytes)) return true;
  visitRunes(bytes, {
    rune() {},
    broken() {
      valid = false;
    },
  });
  return valid;
}

function isPlainAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return false;
  return true;
}
