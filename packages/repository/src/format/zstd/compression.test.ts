import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { FormatError } from '../../errors.ts';
import { compress, decompress, isIncompressible } from './compression.ts';

describe('compression', () => {
  it('gives back blobs of every size around its limits', () => {
    for (const size of [
      0,
      1,
      2,
      63,
      64,
      65,
      255,
      256,
      257,
      65_535,
      65_536,
      65_792,
      1 << 20,
      (1 << 24) - 1,
      1 << 24,
      (1 << 24) + 70_000,
    ]) {
      for (const plain of [Buffer.alloc(size, 'a'), randomBytes(size)]) {
        assert.ok(decompress(compress(plain), size).equals(plain), `${size} bytes`);
      }
    }
  });

  it('reads several frames behind one another, and frames that do not tell their size', () => {
    const parts = [Buffer.from('one '), randomBytes(300_000), Buffer.from(' three')];
    const plain = Buffer.concat(parts);
    assert.ok(decompress(Buffer.concat(parts.map((part) => compress(part))), plain.length).equals(plain));
    const streamed = execFileSync(process.execPath, [
      '-e',
      "const z = require('node:zlib').createZstdCompress(); z.pipe(process.stdout); z.write('x'.repeat(1000)); z.end('y');",
    ]);
    assert.equal(decompress(streamed, 10_000).length, 1001);
  });

  it('refuses more bytes than told, however the frame lies', () => {
    const frame = zstdCompressSync(Buffer.alloc(1000));
    assert.throws(() => decompress(frame, 999), FormatError);
    assert.equal(decompress(frame, 1000).length, 1000);
  });

  it('made of any bytes is bytes or an error', () => {
    const good = compress(Buffer.from('a frame that is damaged in many ways, again and again'));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const changed = Buffer.from(good);
        changed[at] = value;
        try {
          decompress(changed.subarray(0, length), 1000);
        } catch (error) {
          assert.ok(error instanceof FormatError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is in vain for random bytes, and not for what is random here and there', () => {
    const half = 32 * 1024;
    const mixed = Buffer.concat(
      Array.from({ length: 128 }, () => [randomBytes(half), Buffer.alloc(half, 'abc')]).flat(),
    );
    let wrong = 0;
    for (let length = 512 * 1024; length < mixed.length / 2; length += 10_007) {
      const from = (length * 7) % (mixed.length / 2);
      if (isIncompressible(mixed.subarray(from, from + length))) wrong++;
    }
    assert.ok(wrong < 3, `${wrong} of 366 chunks are misjudged`);
    assert.ok(isIncompressible(randomBytes(3_000_000)));
    assert.ok(!isIncompressible(Buffer.alloc(3_000_000)));
    assert.ok(!isIncompressible(randomBytes(192 * 1024 - 1)), 'too short to be worth it');
  });

  it('does not hold on to more memory than its result needs', () => {
    const compressed = compress(Buffer.alloc(4_000_000));
    assert.ok(compressed.buffer.byteLength < 100_000);
  });
});
