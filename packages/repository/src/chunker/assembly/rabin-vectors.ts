// The same search as in rabin.ts, for processors with vectors of 16 bytes and WebAssembly that offers them.
//
// A block is searched by sixteen lanes at once, each warmed up with the 64 bytes before it. Memory: two tables of 256 u64 at 0 and 2048, what is below, then 64
// bytes of history at 8192, then the input.

const OUT: usize = 0;
const MOD: usize = 2048;
// For each half of a byte and each of seven bytes of the fingerprint: 16 bytes, of MOD and of OUT.
const REDUCE: usize = 4096;
const LEAVE: usize = REDUCE + 14 * 16;
// The next sixteen bytes of each lane, one vector for each step; `HALF` on the way there.
const STEPS: usize = LEAVE + 14 * 16;
const HALF: usize = STEPS + 16 * 16;
// The last 64 steps, low halves of the bytes and high ones.
const RING: usize = HALF + 16 * 16;
const RING_BYTES: usize = 64 * 32;

const WINDOW: usize = 64;
const LANES: usize = 16;
// Not a multiple of 4 KiB: lanes that far apart would share the same lines of the processor's cache.
const LONGEST_LANE: usize = 4032;
const SHORTEST_LANE: usize = 128;

let shift: u64 = 45;
let mask: u64 = 0xfffff;

export function configure(polynomialShift: u32, splitMask: u32): void {
  shift = polynomialShift;
  mask = splitMask;
  const digest = (<u64>1 << (shift + 8)) - 1;
  for (let nibble: usize = 0; nibble < 16; nibble++) {
    for (let byte: usize = 0; byte < 7; byte++) {
      const to = byte * 32 + nibble;
      store<u8>(to, part(load<u64>(nibble << 3, MOD) & digest, byte), REDUCE);
      store<u8>(to, part(load<u64>(nibble << 7, MOD) & digest, byte), REDUCE + 16);
      store<u8>(to, part(load<u64>(nibble << 3, OUT), byte), LEAVE);
      store<u8>(to, part(load<u64>(nibble << 7, OUT), byte), LEAVE + 16);
    }
  }
}

// Fingerprints of 53 bits lie three bits higher in vectors: their highest eight bits are a byte then.
// @ts-ignore: decorator
@inline
function part(word: u64, byte: usize): u8 {
  return <u8>((word << 3) >> (byte << 3));
}

// The digest of the 64 bytes before `at`.
function warm(at: usize): u64 {
  let digest: u64 = 0;
  for (let i = at - WINDOW; i < at; i++) {
    digest = ((digest << 8) | <u64>load<u8>(i)) ^ load<u64>(<usize>(digest >> shift) << 3, MOD);
  }
  return digest;
}

// The first address p in (from, to] such that the window that ends before p is a cut; 0 when none is.
// 64 readable bytes lie before `from`.
export function scan(from: usize, to: usize): usize {
  let p = from;
  // Nearly all polynomials have degree 53. The last bits of three bytes are looked at.
  if (shift == 45 && mask < 1 << 21) {
    while (p + LANES * SHORTEST_LANE <= to) {
      let lane = ((to - p) / LANES) & ~15;
      if (lane > LONGEST_LANE) lane = LONGEST_LANE;
      const found = scanLanes(p, lane);
      if (found != 0) return found;
      p += LANES * lane;
    }
  }
  return search(p, to);
}

// The same, byte by byte.
function search(from: usize, to: usize): usize {
  if (from >= to) return 0;
  let digest = warm(from);
  for (let p = from; p < to; p++) {
    digest = ((digest << 8) | <u64>load<u8>(p)) ^ load<u64>(<usize>(digest >> shift) << 3, MOD);
    digest ^= load<u64>(<usize>load<u8>(p - WINDOW) << 3, OUT);
    if ((digest & mask) == 0) return p + 1;
  }
  return 0;
}

// The same for sixteen lanes of `lane` bytes, a multiple of 16, one behind another. `s0` to `s6` are the bytes of
// sixteen fingerprints; what a byte stands for is looked up half by half, sixteen bytes at once.
function scanLanes(from: usize, lane: usize): usize {
  const low = i8x16.splat(15);
  const m0 = i8x16.splat(part(mask, 0));
  const m1 = i8x16.splat(part(mask, 1));
  const m2 = i8x16.splat(part(mask, 2));
  let s0 = i8x16.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let best: usize = 0;
  // No byte has left the window before it is full.
  memory.fill(RING, 0, RING_BYTES);
  for (let g: usize = 0; g < WINDOW + lane; g += 16) {
    gather(from + g - WINDOW, lane);
    let least = i8x16.splat(-1);
    const ring = RING + ((g & (WINDOW - 1)) << 5);
    for (let i: usize = 0; i < 16; i++) {
      const bytes = v128.load(i << 4, STEPS);
      const at = ring + (i << 5);
      const ol = v128.load(at);
      const oh = v128.load(at, 16);
      v128.store(at, v128.and(bytes, low));
      v128.store(at, i8x16.shr_u(bytes, 4), 16);
      const rl = v128.and(s6, low);
      const rh = i8x16.shr_u(s6, 4);
      s6 = v128.xor(s5, image(rl, rh, ol, oh, 6));
      s5 = v128.xor(s4, image(rl, rh, ol, oh, 5));
      s4 = v128.xor(s3, image(rl, rh, ol, oh, 4));
      s3 = v128.xor(s2, image(rl, rh, ol, oh, 3));
      s2 = v128.xor(s1, image(rl, rh, ol, oh, 2));
      s1 = v128.xor(v128.xor(s0, i8x16.shr_u(bytes, 5)), image(rl, rh, ol, oh, 1));
      s0 = v128.xor(i8x16.shl(bytes, 3), image(rl, rh, ol, oh, 0));
      const bits = v128.or(v128.or(v128.and(s0, m0), v128.and(s1, m1)), v128.and(s2, m2));
      least = i8x16.min_u(least, bits);
    }
    if (i8x16.all_true(least) || g < WINDOW) continue;
    // A cut is in some lane, once in 2^20 bytes. One of an earlier lane may still be found, and is then the first.
    const found = i8x16.bitmask(i8x16.eq(least, i8x16.splat(0)));
    const first = from + <usize>ctz(found) * lane + g - WINDOW;
    if (best != 0 && first >= best) continue;
    best = search(first, first + 16);
    if (first < from + lane) return best;
  }
  return best;
}

// What the highest byte of the fingerprint and the byte that leaves the window add to one byte of it.
// @ts-ignore: decorator
@inline
function image(rl: v128, rh: v128, ol: v128, oh: v128, byte: usize): v128 {
  return v128.xor(
    v128.xor(
      i8x16.relaxed_swizzle(v128.load(byte * 32, REDUCE), rl),
      i8x16.relaxed_swizzle(v128.load(byte * 32, REDUCE + 16), rh),
    ),
    v128.xor(
      i8x16.relaxed_swizzle(v128.load(byte * 32, LEAVE), ol),
      i8x16.relaxed_swizzle(v128.load(byte * 32, LEAVE + 16), oh),
    ),
  );
}

// Writes sixteen bytes of each lane to `STEPS`: first the first byte of each, then the second, and so on.
function gather(from: usize, lane: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const at = from + i * lane;
    mix(
      v128.load(at),
      v128.load(at + 4 * lane),
      v128.load(at + 8 * lane),
      v128.load(at + 12 * lane),
      HALF + (i << 6),
    );
  }
  for (let i: usize = 0; i < 4; i++) {
    const at = HALF + (i << 4);
    mix(v128.load(at), v128.load(at, 64), v128.load(at, 128), v128.load(at, 192), STEPS + (i << 6));
  }
}

// Two of the four steps that turn rows to columns.
// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const ac = lower(a, c);
  const bd = lower(b, d);
  v128.store(to, lower(ac, bd));
  v128.store(to, upper(ac, bd), 16);
  const ac2 = upper(a, c);
  const bd2 = upper(b, d);
  v128.store(to, lower(ac2, bd2), 32);
  v128.store(to, upper(ac2, bd2), 48);
}

// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
