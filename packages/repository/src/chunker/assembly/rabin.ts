// Rabin fingerprints over a window of 64 bytes, compiled by AssemblyScript (see ../../testing/compile-chunker.ts).
//
// The fingerprint after a byte depends on the last 64 bytes alone, so a block is searched by four
// lanes at once, each warmed up with the 64 bytes before it. Memory: two tables of 256 u64 at 0 and 2048,
// 64 bytes of history at 4096, then the input.

const OUT: usize = 0;
const MOD: usize = 2048;
const WINDOW: usize = 64;
const LANE: usize = 8192;

let shift: u64 = 45;
let mask: u64 = 0xfffff;
let lowest: usize = 0;

export function configure(polynomialShift: u32, splitMask: u32): void {
  shift = polynomialShift;
  mask = splitMask;
}

// @ts-ignore: decorator
@inline
function slide(digest: u64, at: usize, by: u64): u64 {
  return (
    ((digest << 8) | <u64>load<u8>(at)) ^
    load<u64>(MOD + (<usize>(digest >> by) << 3)) ^
    load<u64>(OUT + (<usize>load<u8>(at - WINDOW) << 3))
  );
}

// The digest of the 64 bytes before `at`.
function warm(at: usize, by: u64): u64 {
  let digest: u64 = 0;
  for (let i = at - WINDOW; i < at; i++) {
    digest = ((digest << 8) | <u64>load<u8>(i)) ^ load<u64>(MOD + (<usize>(digest >> by) << 3));
  }
  return digest;
}

// Out of the hot loop on purpose: it runs once in 2^20 bytes.
function hit(at: usize): void {
  if (lowest == 0 || at < lowest) lowest = at;
}

// The first address p in (from, to] such that the window that ends before p is a cut; 0 when none is.
// 64 readable bytes lie before `from`.
export function scan(from: usize, to: usize): usize {
  // Nearly all polynomials have degree 53; a shift by a constant is faster.
  return shift == 45 ? scanBy(from, to, 45) : scanBy(from, to, shift);
}

// @ts-ignore: decorator
@inline
function scanBy(from: usize, to: usize, by: u64): usize {
  const m = mask;
  lowest = 0;
  let p = from;
  while (p + 4 * LANE <= to) {
    let a = warm(p, by);
    let b = warm(p + LANE, by);
    let c = warm(p + 2 * LANE, by);
    let d = warm(p + 3 * LANE, by);
    const end = p + LANE;
    for (let i = p; i < end; i += 4) {
      a = slide(a, i, by);
      b = slide(b, i + LANE, by);
      c = slide(c, i + 2 * LANE, by);
      d = slide(d, i + 3 * LANE, by);
      if ((a & m) == 0) hit(i + 1);
      if ((b & m) == 0) hit(i + LANE + 1);
      if ((c & m) == 0) hit(i + 2 * LANE + 1);
      if ((d & m) == 0) hit(i + 3 * LANE + 1);
      a = slide(a, i + 1, by);
      b = slide(b, i + LANE + 1, by);
      c = slide(c, i + 2 * LANE + 1, by);
      d = slide(d, i + 3 * LANE + 1, by);
      if ((a & m) == 0) hit(i + 2);
      if ((b & m) == 0) hit(i + LANE + 2);
      if ((c & m) == 0) hit(i + 2 * LANE + 2);
      if ((d & m) == 0) hit(i + 3 * LANE + 2);
      a = slide(a, i + 2, by);
      b = slide(b, i + LANE + 2, by);
      c = slide(c, i + 2 * LANE + 2, by);
      d = slide(d, i + 3 * LANE + 2, by);
      if ((a & m) == 0) hit(i + 3);
      if ((b & m) == 0) hit(i + LANE + 3);
      if ((c & m) == 0) hit(i + 2 * LANE + 3);
      if ((d & m) == 0) hit(i + 3 * LANE + 3);
      a = slide(a, i + 3, by);
      b = slide(b, i + LANE + 3, by);
      c = slide(c, i + 2 * LANE + 3, by);
      d = slide(d, i + 3 * LANE + 3, by);
      if ((a & m) == 0) hit(i + 4);
      if ((b & m) == 0) hit(i + LANE + 4);
      if ((c & m) == 0) hit(i + 2 * LANE + 4);
      if ((d & m) == 0) hit(i + 3 * LANE + 4);
    }
    if (lowest != 0) return lowest;
    p += 4 * LANE;
  }
  if (p >= to) return 0;
  let digest = warm(p, by);
  for (; p < to; p++) {
    digest = slide(digest, p, by);
    if ((digest & m) == 0) return p + 1;
  }
  return 0;
}
