// scryptROMix (RFC 7914, section 5) on vectors of 16 bytes, for one block or for two at once: the steps of one wait for
// each other, and a processor has time for those of another meanwhile. Two keep every second step in their tables and
// make the others again where they are wanted, so that both together take the memory of one.
//
// A block is 2r chunks of 64 bytes, their words in the order of the diagonals: at place i lies word 5i mod 16. "size"
// is that of a block in bytes. Compiled by AssemblyScript (see ../../testing/compile-assembly.ts).

const CHUNK: usize = 64;

// One block at `block`, with room for another one behind it, and for n of them at `table`. n: a power of two, at least 2.
export function mixOne(block: usize, table: usize, n: u32, size: usize): void {
  const next = block + size;
  memory.copy(table, block, size);
  let at = table;
  for (let i: u32 = 1; i < n; i++) {
    mix(at, at + size, size);
    at += size;
  }
  mix(at, block, size);
  for (let i: u32 = 0; i < n; i += 2) {
    mixXor(block, table + size * wanted(block, n, size), next, size);
    mixXor(next, table + size * wanted(next, n, size), block, size);
  }
}

// Two blocks, at `block` and three sizes behind it, each with room for two others; room for n at `table`.
export function mixTwo(block: usize, table: usize, n: u32, size: usize): void {
  const next = block + size;
  const other = size * 3;
  const half = size * (n >> 1);
  memory.copy(table, block, size);
  memory.copy(table + half, block + other, size);
  let at = table;
  for (let i: u32 = 2; i < n; i += 2) {
    mixBoth(at, half, next, other, size);
    mixBoth(next, other, at + size, half, size);
    at += size;
  }
  mixBoth(at, half, next, other, size);
  mixBoth(next, other, block, other, size);
  for (let i: u32 = 0; i < n; i += 2) {
    step(block, next, block + size * 2, table, n, size);
    step(next, block, block + size * 2, table, n, size);
  }
}

// From the blocks at `from` to those at `to`; `made` is room for what the tables do not hold.
function step(from: usize, to: usize, made: usize, table: usize, n: u32, size: usize): void {
  const other = size * 3;
  const i = wanted(from, n, size);
  const j = wanted(from + other, n, size);
  let left = table + size * (i >> 1);
  let right = table + size * ((n >> 1) + (j >> 1));
  if (i & j & 1) {
    mixBoth(left, right - left, made, other, size);
    left = made;
    right = made + other;
  } else if (i & 1) {
    mix(left, made, size);
    left = made;
  } else if (j & 1) {
    mix(right, made, size);
    right = made;
  }
  mixBothXor(from, left, right, to, size);
}

// Integerify. Tables of 4 Gi blocks and more would want another word.
// @ts-expect-error: decorator
@inline
function wanted(block: usize, n: u32, size: usize): usize {
  return load<u32>(block + size - CHUNK) & (n - 1);
}

function mix(from: usize, to: usize, size: usize): void {
  mixOf(from, 0, to, size, false);
}

function mixXor(from: usize, by: usize, to: usize, size: usize): void {
  mixOf(from, by, to, size, true);
}

// From the blocks at `from` and `apart` behind it to those at `to` and `toApart` behind it.
function mixBoth(from: usize, apart: usize, to: usize, toApart: usize, size: usize): void {
  mixBothOf(from, from + apart, 0, 0, to, to + toApart, size, false);
}

function mixBothXor(from: usize, by: usize, otherBy: usize, to: usize, size: usize): void {
  mixBothOf(from, from + size * 3, by, otherBy, to, to + size * 3, size, true);
}

// @ts-expect-error: decorator
@inline
function read(from: usize, by: usize, xor: bool): v128 {
  return xor ? v128.xor(v128.load(from), v128.load(by)) : v128.load(from);
}

// @ts-expect-error: decorator
@inline
function turn(into: v128, a: v128, b: v128, bits: i32): v128 {
  const sum = i32x4.add(a, b);
  return v128.xor(v128.xor(into, i32x4.shl(sum, bits)), i32x4.shr_u(sum, 32 - bits));
}

// @ts-expect-error: decorator
@inline
function by1(words: v128): v128 {
  return v128.shuffle<i32>(words, words, 3, 0, 1, 2);
}

// @ts-expect-error: decorator
@inline
function by2(words: v128): v128 {
  return v128.shuffle<i32>(words, words, 2, 3, 0, 1);
}

// @ts-expect-error: decorator
@inline
function by3(words: v128): v128 {
  return v128.shuffle<i32>(words, words, 1, 2, 3, 0);
}

// scryptBlockMix with Salsa20/8: chunks at even places go to the first half, the others to the second.
// @ts-expect-error: decorator
@inline
function mixOf(from: usize, by: usize, to: usize, size: usize, xor: bool): void {
  const last = size - CHUNK;
  let a = read(from + last, by + last, xor);
  let b = read(from + last + 16, by + last + 16, xor);
  let c = read(from + last + 32, by + last + 32, xor);
  let d = read(from + last + 48, by + last + 48, xor);
  for (let at: usize = 0; at < size; at += CHUNK) {
    a = v128.xor(a, read(from + at, by + at, xor));
    b = v128.xor(b, read(from + at + 16, by + at + 16, xor));
    c = v128.xor(c, read(from + at + 32, by + at + 32, xor));
    d = v128.xor(d, read(from + at + 48, by + at + 48, xor));
    const a0 = a;
    const b0 = b;
    const c0 = c;
    const d0 = d;
    for (let round = 0; round < 4; round++) {
      b = turn(b, a, d, 7);
      c = turn(c, b, a, 9);
      d = turn(d, c, b, 13);
      a = turn(a, d, c, 18);
      b = by1(b);
      c = by2(c);
      d = by3(d);
      d = turn(d, a, b, 7);
      c = turn(c, d, a, 9);
      b = turn(b, c, d, 13);
      a = turn(a, b, c, 18);
      b = by3(b);
      c = by2(c);
      d = by1(d);
    }
    a = i32x4.add(a, a0);
    b = i32x4.add(b, b0);
    c = i32x4.add(c, c0);
    d = i32x4.add(d, d0);
    put(to + place(at, size), a, b, c, d);
  }
}

// The same for two blocks, step by step beside each other.
// @ts-expect-error: decorator
@inline
function mixBothOf(
  from: usize,
  from2: usize,
  by: usize,
  by2nd: usize,
  to: usize,
  to2: usize,
  size: usize,
  xor: bool,
): void {
  const last = size - CHUNK;
  let a = read(from + last, by + last, xor);
  let b = read(from + last + 16, by + last + 16, xor);
  let c = read(from + last + 32, by + last + 32, xor);
  let d = read(from + last + 48, by + last + 48, xor);
  let e = read(from2 + last, by2nd + last, xor);
  let f = read(from2 + last + 16, by2nd + last + 16, xor);
  let g = read(from2 + last + 32, by2nd + last + 32, xor);
  let h = read(from2 + last + 48, by2nd + last + 48, xor);
  for (let at: usize = 0; at < size; at += CHUNK) {
    a = v128.xor(a, read(from + at, by + at, xor));
    b = v128.xor(b, read(from + at + 16, by + at + 16, xor));
    c = v128.xor(c, read(from + at + 32, by + at + 32, xor));
    d = v128.xor(d, read(from + at + 48, by + at + 48, xor));
    e = v128.xor(e, read(from2 + at, by2nd + at, xor));
    f = v128.xor(f, read(from2 + at + 16, by2nd + at + 16, xor));
    g = v128.xor(g, read(from2 + at + 32, by2nd + at + 32, xor));
    h = v128.xor(h, read(from2 + at + 48, by2nd + at + 48, xor));
    const left = to + place(at, size);
    const right = to2 + place(at, size);
    // Kept in memory: a processor has sixteen vectors.
    put(left, a, b, c, d);
    put(right, e, f, g, h);
    for (let round = 0; round < 4; round++) {
      b = turn(b, a, d, 7);
      f = turn(f, e, h, 7);
      c = turn(c, b, a, 9);
      g = turn(g, f, e, 9);
      d = turn(d, c, b, 13);
      h = turn(h, g, f, 13);
      a = turn(a, d, c, 18);
      e = turn(e, h, g, 18);
      b = by1(b);
      f = by1(f);
      c = by2(c);
      g = by2(g);
      d = by3(d);
      h = by3(h);
      d = turn(d, a, b, 7);
      h = turn(h, e, f, 7);
      c = turn(c, d, a, 9);
      g = turn(g, h, e, 9);
      b = turn(b, c, d, 13);
      f = turn(f, g, h, 13);
      a = turn(a, b, c, 18);
      e = turn(e, f, g, 18);
      b = by3(b);
      f = by3(f);
      c = by2(c);
      g = by2(g);
      d = by1(d);
      h = by1(h);
    }
    a = i32x4.add(a, v128.load(left));
    b = i32x4.add(b, v128.load(left, 16));
    c = i32x4.add(c, v128.load(left, 32));
    d = i32x4.add(d, v128.load(left, 48));
    put(left, a, b, c, d);
    e = i32x4.add(e, v128.load(right));
    f = i32x4.add(f, v128.load(right, 16));
    g = i32x4.add(g, v128.load(right, 32));
    h = i32x4.add(h, v128.load(right, 48));
    put(right, e, f, g, h);
  }
}

// Where the chunk at `at` goes.
// @ts-expect-error: decorator
@inline
function place(at: usize, size: usize): usize {
  return ((at >> 1) & ~(CHUNK - 1)) + (at & CHUNK ? size >> 1 : 0);
}

// @ts-expect-error: decorator
@inline
function put(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}
