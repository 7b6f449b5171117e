import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Chunker, type ChunkerOptions } from './chunker.ts';
import { modulo, type Polynomial, randomPolynomial } from './polynomial.ts';

const POLYNOMIAL = 0x3da3358b4dc173n;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * What Go's math/rand seeded with 23 gives as little-endian Uint32 values. Its generator adds the values 607
 * and 273 places back, so that its first 607 values (testdata) determine all others.
 */
function goRandomBytes(length: number): Buffer {
  const stored = readFileSync(new URL('./testdata/go-rand-seed-23.bin', import.meta.url));
  const state = new BigUint64Array(607);
  for (let i = 0; i < 607; i++) state[i] = stored.readBigUInt64LE(8 * i);
  const bytes = Buffer.alloc(length);
  for (let n = 0; n < length / 4; n++) {
    const i = n % 607;
    if (n >= 607) state[i] = (state[i] ?? 0n) + (state[(n - 273) % 607] ?? 0n);
    bytes.writeUInt32LE(Number(((state[i] ?? 0n) >> 31n) & 0xffffffffn), 4 * n);
  }
  return bytes;
}

/** The chunks of a stream that arrives in pieces of the given sizes (the last one repeated). */
function chunkLengths(chunker: Chunker, bytes: Uint8Array, pieces: number[] = [bytes.length]): number[] {
  chunker.reset();
  const lengths: number[] = [];
  let chunkStart = 0;
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, pieces[Math.min(i, pieces.length - 1)] ?? 1);
    const piece = bytes.subarray(at, at + size);
    for (let cut = chunker.next(piece); cut !== -1; cut = chunker.next(piece, cut)) {
      lengths.push(at + cut - chunkStart);
      chunkStart = at + cut;
      if (cut === piece.length) break;
    }
    at += piece.length;
  }
  assert.equal(chunker.pending, bytes.length - chunkStart);
  if (chunker.pending > 0) lengths.push(chunker.pending);
  return lengths;
}

/** The definition, byte by byte: the digest is the last 64 bytes of the chunk modulo the polynomial. */
function referenceLengths(
  bytes: Uint8Array,
  polynomial: Polynomial,
  options: Required<Omit<ChunkerOptions, 'vectors'>>,
): number[] {
  const size = BigInt(polynomial.toString(2).length - 1);
  const mask = (1n << BigInt(options.averageBits)) - 1n;
  const append = (digest: bigint, byte: number): bigint => {
    let next = (digest << 8n) | BigInt(byte);
    for (let bit = 7n; bit >= 0n; bit--) if ((next >> (size + bit)) & 1n) next ^= polynomial << bit;
    return next;
  };
  /** What a byte that leaves the window still adds to the digest. */
  const leaving = Array.from({ length: 256 }, (_, byte) => modulo(BigInt(byte) << 512n, polynomial));
  const lengths: number[] = [];
  let start = 0;
  let digest = 0n;
  for (let end = 1; end <= bytes.length; end++) {
    digest = append(digest, bytes[end - 1] ?? 0);
    if (end - start > 64) digest ^= leaving[bytes[end - 65] ?? 0] ?? 0n;
    const length = end - start;
    if (length < options.minSize || ((digest & mask) !== 0n && length < options.maxSize)) continue;
    lengths.push(length);
    start = end;
    digest = 0n;
  }
  if (start < bytes.length) lengths.push(bytes.length - start);
  return lengths;
}

// Lengths and SHA-256 values are the tables of restic/chunker's chunker_test.go.
describe('the chunker', () => {
  const data = goRandomBytes(32 * 1024 * 1024);

  it('cuts where restic cuts', () => {
    const lengths = chunkLengths(new Chunker(POLYNOMIAL), data, [512 * 1024]);
    assert.deepEqual(
      lengths,
      [
        2163460, 643703, 1528956, 1955808, 2222372, 2538687, 609606, 1205738, 959742, 4036109, 1525894,
        1352720, 811884, 1282314, 1318021, 948640, 645464, 533758, 1128303, 800374, 2453512, 2651975, 237392,
      ],
    );
    assert.equal(
      sha256(data.subarray(0, 2163460)),
      '4b94cb2cf293855ea43bf766731c74969b91aa6bf3c078719aabdd19860d590d',
    );
    assert.equal(
      sha256(data.subarray(data.length - 237392)),
      'fcd567f5d866357a8e299fd5b2359bb2c8157c30395229c4e9b0a353944a7978',
    );
  });

  it('cuts where restic cuts with an average of 19 bits', () => {
    const lengths = chunkLengths(new Chunker(POLYNOMIAL, { averageBits: 19 }), data, [1_000_001]);
    assert.deepEqual(
      lengths,
      [
        1491586, 671874, 643703, 1284146, 823366, 810134, 567118, 821315, 1401057, 2311122, 608723, 980456,
        1140278, 2015542, 904752, 713072, 675937, 1525894, 1352720, 811884, 1282314, 1093738, 962003, 856384,
        533758, 1128303, 800374, 2453512, 665901, 1986074, 237392,
      ],
    );
  });

  it('cuts the same without vectors', () => {
    for (const averageBits of [20, 18, 15, 12]) {
      const polynomial = randomPolynomial();
      const options = { minSize: 4096, averageBits };
      assert.deepEqual(
        chunkLengths(new Chunker(polynomial, options), data, [512 * 1024 + 1]),
        chunkLengths(new Chunker(polynomial, { ...options, vectors: false }), data, [99_999]),
      );
    }
  });

  it('cuts where restic cuts with other sizes', () => {
    const sizes = { minSize: 16 * 1024 * 1024, maxSize: 32 * 1024 * 1024 };
    assert.deepEqual(chunkLengths(new Chunker(POLYNOMIAL, sizes), data), [17864181, 15690251]);
  });

  it('cuts zeros at the smallest size', () => {
    const zeros = Buffer.alloc(4 * 524288);
    assert.deepEqual(
      chunkLengths(new Chunker(POLYNOMIAL), zeros, [100_000]),
      [524288, 524288, 524288, 524288],
    );
    assert.equal(
      sha256(zeros.subarray(0, 524288)),
      '07854d2fef297a06ba81685e660c332de36d5d18d546927d30daad6d7fda1541',
    );
  });

  it('cuts at the largest size when no window is a cut', () => {
    const ones = Buffer.alloc(20 * 1024 * 1024, 1);
    assert.deepEqual(chunkLengths(new Chunker(POLYNOMIAL), ones, [65536]), [8 << 20, 8 << 20, 4 << 20]);
  });

  it('cuts where the definition says, however the bytes arrive', () => {
    const options = { minSize: 64, maxSize: 3000, averageBits: 8 };
    const piece = fc.integer({ min: 1, max: 5000 });
    const polynomials = [POLYNOMIAL, randomPolynomial(), 0x2482734cacca49n, 0b1_0000_0000_0010_1101n];
    fc.assert(
      fc.property(
        fc.constantFrom(...polynomials),
        fc.integer({ min: 0, max: data.length - 20_000 }),
        fc.integer({ min: 0, max: 9_000 }),
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 64, max: 700 }),
        (polynomial, from, length, pieces, minSize) => {
          const bytes = data.subarray(from, from + length);
          const chosen = { ...options, minSize };
          assert.deepEqual(
            chunkLengths(new Chunker(polynomial, chosen), bytes, pieces),
            referenceLengths(bytes, polynomial, chosen),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('finds cuts in every lane of the search as the definition does', () => {
    const bytes = data.subarray(0, 70_000);
    // Of degree 53, 16, 10 and 9: the smallest ones have no bits to spare.
    for (const polynomial of [POLYNOMIAL, 0b1_0000_0000_0010_1101n, 0b100_0000_1001n, 0b10_0001_0001n]) {
      for (const averageBits of [13, 8]) {
        const options = { minSize: 64, maxSize: 1 << 20, averageBits };
        const expected = referenceLengths(bytes, polynomial, options);
        for (const vectors of [true, false])
          assert.deepEqual(chunkLengths(new Chunker(polynomial, { ...options, vectors }), bytes), expected);
      }
    }
  });

  it('refuses polynomials and sizes that its arithmetic cannot hold', () => {
    assert.throws(() => new Chunker(1n << 60n), RangeError);
    assert.throws(() => new Chunker(3n), RangeError);
    assert.throws(() => new Chunker(POLYNOMIAL, { minSize: 10 }), RangeError);
  });
});
