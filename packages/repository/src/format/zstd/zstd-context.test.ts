import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ZstdContext } from './zstd-context.ts';

describe('a zstd context', () => {
  it('can be had from this Node', () => {
    assert.ok(ZstdContext.compressor({ [constants.ZSTD_c_compressionLevel]: 3 }));
    assert.ok(ZstdContext.decompressor());
  });

  it('keeps its parameters from frame to frame', () => {
    const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
    const context = ZstdContext.compressor(params);
    const output = Buffer.alloc(200_000);
    for (const size of [100_000, 5, 0, 70_000]) {
      const plain = Buffer.from(randomBytes(size / 2).toString('hex'));
      const written = context?.run(plain, output).written ?? 0;
      assert.ok(zstdDecompressSync(output.subarray(0, written)).equals(plain));
      assert.equal((output[4] ?? 0) & 4, 4, 'a checksum');
    }
  });

  it('tells of an output that is too small, and works on after it', () => {
    const context = ZstdContext.compressor({ [constants.ZSTD_c_compressionLevel]: 3 });
    const plain = randomBytes(10_000);
    const small = context?.run(plain, Buffer.alloc(100));
    assert.ok(
      small !== undefined &&
        (small.error !== undefined || small.taken < plain.length || small.written === 100),
    );
    const output = Buffer.alloc(20_000);
    const { written } = context?.run(plain, output) ?? { written: 0 };
    assert.ok(zstdDecompressSync(output.subarray(0, written)).equals(plain));
  });

  it('reads frames behind one another, and is whole again after damaged ones', () => {
    const context = ZstdContext.decompressor();
    const [one, two] = [zstdCompressSync('one '), zstdCompressSync('two')];
    const output = Buffer.alloc(7);
    assert.deepEqual(context?.run(Buffer.concat([one, two]), output), {
      written: 7,
      taken: one.length + two.length,
      error: undefined,
    });
    assert.equal(output.toString(), 'one two');
    for (const damaged of [one.subarray(0, -2), Buffer.from('no frame at all'), Buffer.alloc(0)]) {
      const run = context?.run(damaged, output);
      assert.ok(run !== undefined);
      assert.ok(run.error !== undefined || run.taken < damaged.length || run.written === 0);
      assert.equal(context?.run(two, output).written, 3);
    }
  });

  it('shows what is in frames that come in parts, and is whole again after damaged ones', () => {
    const context = ZstdContext.decompressor();
    const plain = Buffer.from(randomBytes(300_000).toString('hex'));
    const frame = zstdCompressSync(plain);
    const window = Buffer.alloc(100_000);
    const shown = (parts: readonly Uint8Array[], length: number): Buffer | undefined => {
      const pieces: Buffer[] = [];
      const isWhole = context?.runPieces(parts, window, length, (piece) => pieces.push(Buffer.from(piece)));
      return isWhole ? Buffer.concat(pieces) : undefined;
    };
    for (const size of [1_000, 65_536, frame.length]) {
      const parts = Array.from({ length: Math.ceil(frame.length / size) }, (_, at) =>
        frame.subarray(at * size, (at + 1) * size),
      );
      assert.ok(shown(parts, plain.length)?.equals(plain), `parts of ${size} bytes`);
      assert.equal(shown(parts.slice(0, -1), plain.length), undefined, 'cut off');
      assert.equal(shown(parts, plain.length - 1), undefined, 'more than told');
    }
    assert.equal(shown([Buffer.from('no frame at all')], 10), undefined);
    assert.ok(shown([frame], plain.length)?.equals(plain));
    const output = Buffer.alloc(plain.length);
    assert.equal(context?.run(frame, output).written, plain.length);
  });
});
