/**
 * One component of a shell pattern, matched as Go's `filepath.Match` does on Unix: `*`, `?`, `[a-z]`,
 * `[^a-z]` and `\` before a literal character.
 *
 * Names are bytes, not text, so both pattern and name are "byte strings": one character per byte
 * (latin1). `?` and classes take one UTF-8 character, or one byte where the bytes are no UTF-8.
 */

/** Two numbers a range: the lowest and the highest code point. */
type Ranges = readonly number[];

type Token =
  | { readonly kind: 'byte'; readonly code: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: Ranges };

export type Glob = readonly Token[];

const slash = 0x2f;
const replacement = 0xfffd;

/** The character at `at`: its code point and its length in bytes; U+FFFD and 1 where there is none. */
export function decodeRune(bytes: string, at: number): { rune: number; length: number } {
  const first = bytes.charCodeAt(at);
  const broken = { rune: replacement, length: 1 };
  if (first < 0x80) return { rune: first, length: 1 };
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return broken;
  let rune = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return broken;
    rune = (rune << 6) | (next & 0x3f);
  }
  const tooLong = (length === 3 && rune < 0x800) || (length === 4 && rune < 0x10000);
  const surrogate = rune >= 0xd800 && rune <= 0xdfff;
  return tooLong || surrogate || rune > 0x10ffff ? broken : { rune, length };
}

/** Undefined when the pattern is malformed. */
export function compileGlob(pattern: string): Glob | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at];
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
      at++;
    } else if (char === '?') {
      tokens.push({ kind: 'any' });
      at++;
    } else if (char === '[') {
      const parsed = parseClass(pattern, at + 1);
      if (parsed === undefined) return undefined;
      tokens.push(parsed.token);
      at = parsed.end;
    } else {
      if (char === '\\') at++;
      if (at === pattern.length) return undefined;
      tokens.push({ kind: 'byte', code: pattern.charCodeAt(at) });
      at++;
    }
  }
  return tokens;
}

function parseClass(pattern: string, start: number): { token: Token; end: number } | undefined {
  const ranges: number[] = [];
  const negated = pattern[start] === '^';
  let at = negated ? start + 1 : start;
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = parseClassRune(pattern, at);
    if (low === undefined) return undefined;
    at = low.end;
    let high = low;
    if (pattern[at] === '-') {
      const parsed = parseClassRune(pattern, at + 1);
      if (parsed === undefined) return undefined;
      high = parsed;
      at = high.end;
    }
    ranges.push(low.rune, high.rune);
  }
  return { token: { kind: 'class', negated, ranges }, end: at + 1 };
}

/** A class cannot end with this character: `]` must still follow. */
function parseClassRune(pattern: string, start: number): { rune: number; end: number } | undefined {
  const char = pattern[start];
  if (char === undefined || char === '-' || char === ']') return undefined;
  const at = char === '\\' ? start + 1 : start;
  if (at >= pattern.length) return undefined;
  const { rune, length } = decodeRune(pattern, at);
  if ((rune === replacement && length === 1) || at + length >= pattern.length) return undefined;
  return { rune, end: at + length };
}

export function matchGlob(glob: Glob, name: string): boolean {
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (token < glob.length || at < name.length) {
    const current = glob[token];
    if (current?.kind === 'star') {
      starToken = token++;
      starAt = at;
      continue;
    }
    const taken = current === undefined || at >= name.length ? 0 : take(current, name, at);
    if (taken > 0) {
      token++;
      at += taken;
      continue;
    }
    // Let the last star take one byte more; an earlier one need not be tried again.
    if (starToken < 0 || starAt >= name.length || name.charCodeAt(starAt) === slash) return false;
    at = ++starAt;
    token = starToken + 1;
  }
  return true;
}

/** How many bytes of the name the token takes; 0 when it does not match. */
function take(token: Token, name: string, at: number): number {
  if (token.kind === 'byte') return name.charCodeAt(at) === token.code ? 1 : 0;
  if (token.kind === 'star') return 0;
  const { rune, length } = decodeRune(name, at);
  if (token.kind === 'any') return rune === slash ? 0 : length;
  return inRanges(token.ranges, rune) === token.negated ? 0 : length;
}

function inRanges(ranges: Ranges, rune: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if ((ranges[i] as number) <= rune && rune <= (ranges[i + 1] as number)) return true;
  }
  return false;
}
