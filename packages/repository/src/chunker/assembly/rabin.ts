// Rabin fingerprints over a window of 64 bytes, compiled by AssemblyScript (see ../../testing/compile-assembly.ts).
//
// The fingerprint after a byte depends on the last 64 bytes alone, so a block is searched by four
// lanes at once, each warmed up with the 64 bytes before it. Memory: two tables of 256 u64 at 0 and 2048,
// 64 bytes of history at 4096, then the input.

const OUT: usize = 0;
const MOD: usize = 2048;
const WINDOW: usize = 64;
const LANE: usize = 4096;

let shift: u64 = 45;
let mask: u64 = 0xfffff;

export function configure(polynomialShift: u32, splitMask: u32): void {
  shift = polynomialShift;
  mask = splitMask;
}

// Where the highest eight bits have their word. With a constant that is one instruction less.
// @ts-ignore: decorator
@inline
function slot(digest: u64, by: u64): usize {
  return by == 45 ? <usize>(digest >> 42) & 0x7f8 : <usize>(digest >> by) << 3;
}

// The digest of the 64 bytes before `at`.
function warm(at: usize, by: u64): u64 {
  let digest: u64 = 0;
  for (let i = at - WINDOW; i < at; i++) {
    digest = ((digest << 8) | <u64>load<u8>(i)) ^ load<u64>(slot(digest, by), MOD);
  }
  return digest;
}

// The first address p in (from, to] such that the window that ends before p is a cut; 0 when none is.
// 64 readable bytes lie before `from`.
export function scan(from: usize, to: usize): usize {
  // Nearly all polynomials have degree 53, and all chunks the usual size: constants are faster.
  return shift == 45 && mask == 0xfffff ? scanBy(from, to, 45, 0xfffff) : scanBy(from, to, shift, mask);
}

// Each step loads its words before the branch for the step before it, and uses them behind: V8 makes one
// instruction of a load and its only use in the same block, and loads a second time for the check of the address.
//
// @ts-ignore: decorator
@inline
function scanBy(from: usize, to: usize, by: u64, m: u64): usize {
  let p = from;
  let o: u64, r: u64, x: u64;
  while (p + 4 * LANE <= to) {
    let a = warm(p, by);
    let b = warm(p + LANE, by);
    let c = warm(p + 2 * LANE, by);
    let d = warm(p + 3 * LANE, by);
    let i = p - WINDOW;
    const end = i + LANE;
    for (; i < end; i += 4) {
      o = load<u64>(<usize>load<u8>(i, 0) << 3, OUT);
      r = load<u64>(slot(a, by), MOD);
      x = <u64>load<u8>(i, WINDOW);
      a = ((a << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, LANE) << 3, OUT);
      r = load<u64>(slot(b, by), MOD);
      x = <u64>load<u8>(i, WINDOW + LANE);
      if ((a & m) == 0) break;
      b = ((b << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 2 * LANE) << 3, OUT);
      r = load<u64>(slot(c, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 2 * LANE);
      if ((b & m) == 0) break;
      c = ((c << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 3 * LANE) << 3, OUT);
      r = load<u64>(slot(d, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 3 * LANE);
      if ((c & m) == 0) break;
      d = ((d << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 1) << 3, OUT);
      r = load<u64>(slot(a, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 1);
      if ((d & m) == 0) break;
      a = ((a << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, LANE + 1) << 3, OUT);
      r = load<u64>(slot(b, by), MOD);
      x = <u64>load<u8>(i, WINDOW + LANE + 1);
      if ((a & m) == 0) break;
      b = ((b << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 2 * LANE + 1) << 3, OUT);
      r = load<u64>(slot(c, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 2 * LANE + 1);
      if ((b & m) == 0) break;
      c = ((c << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 3 * LANE + 1) << 3, OUT);
      r = load<u64>(slot(d, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 3 * LANE + 1);
      if ((c & m) == 0) break;
      d = ((d << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 2) << 3, OUT);
      r = load<u64>(slot(a, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 2);
      if ((d & m) == 0) break;
      a = ((a << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, LANE + 2) << 3, OUT);
      r = load<u64>(slot(b, by), MOD);
      x = <u64>load<u8>(i, WINDOW + LANE + 2);
      if ((a & m) == 0) break;
      b = ((b << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 2 * LANE + 2) << 3, OUT);
      r = load<u64>(slot(c, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 2 * LANE + 2);
      if ((b & m) == 0) break;
      c = ((c << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 3 * LANE + 2) << 3, OUT);
      r = load<u64>(slot(d, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 3 * LANE + 2);
      if ((c & m) == 0) break;
      d = ((d << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 3) << 3, OUT);
      r = load<u64>(slot(a, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 3);
      if ((d & m) == 0) break;
      a = ((a << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, LANE + 3) << 3, OUT);
      r = load<u64>(slot(b, by), MOD);
      x = <u64>load<u8>(i, WINDOW + LANE + 3);
      if ((a & m) == 0) break;
      b = ((b << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 2 * LANE + 3) << 3, OUT);
      r = load<u64>(slot(c, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 2 * LANE + 3);
      if ((b & m) == 0) break;
      c = ((c << 8) | x) ^ o ^ r;
      o = load<u64>(<usize>load<u8>(i, 3 * LANE + 3) << 3, OUT);
      r = load<u64>(slot(d, by), MOD);
      x = <u64>load<u8>(i, WINDOW + 3 * LANE + 3);
      if ((c & m) == 0) break;
      d = ((d << 8) | x) ^ o ^ r;
      if ((d & m) == 0) break;
    }
    // There is one in some lane, once in 2^20 bytes: which is the first one is found out slowly.
    if (i < end) return search(p, p + 4 * LANE, by, m);
    p += 4 * LANE;
  }
  return search(p, to, by, m);
}

// The same, byte by byte.
function search(from: usize, to: usize, by: u64, m: u64): usize {
  if (from >= to) return 0;
  let digest = warm(from, by);
  for (let p = from; p < to; p++) {
    digest = ((digest << 8) | <u64>load<u8>(p)) ^ load<u64>(slot(digest, by), MOD);
    digest ^= load<u64>(<usize>load<u8>(p - WINDOW) << 3, OUT);
    if ((digest & m) == 0) return p + 1;
  }
  return 0;
}
