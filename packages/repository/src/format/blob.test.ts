import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormatError, RepositoryError } from '../errors.ts';
import { Scratch } from '../runtime/scratch.ts';
import { blobId, openBlob, sealBlob, verifySealed } from './blob.ts';
import { generateMasterKey, open, seal } from './sealing/crypto.ts';
import { compress } from './zstd/compression.ts';

const keys = generateMasterKey();

describe('a blob', () => {
  it('comes back from every mode and version', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 50_000, size: 'max' }),
        fc.constantFrom('auto', 'off', 'max'),
        fc.constantFrom('data', 'tree'),
        fc.constantFrom(1, 2),
        (plain, mode, type, version) => {
          const blob = sealBlob(keys, type, plain, { mode, version });
          const id = blobId(plain);
          verifySealed(keys, id, blob);
          assert.ok(openBlob(keys, id, blob.sealed, blob.uncompressedLength).equals(plain));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is compressed by the rules of the format', () => {
    const plain = Buffer.alloc(1000, 'x');
    const lengths = (['data', 'tree'] as const).flatMap((type) =>
      (['auto', 'off', 'max'] as const).map(
        (mode) => sealBlob(keys, type, plain, { mode }).uncompressedLength,
      ),
    );
    assert.deepEqual(lengths, [1000, 0, 1000, 1000, 1000, 1000], 'only data may stay as it is');
    assert.equal(sealBlob(keys, 'tree', plain, { version: 1 }).uncompressedLength, 0);
    assert.equal(
      sealBlob(keys, 'data', Buffer.alloc(0)).uncompressedLength,
      0,
      'an empty one cannot say it is',
    );
    assert.equal(
      sealBlob(keys, 'data', randomBytes(1000)).uncompressedLength,
      1000,
      'also when it gets longer',
    );
  });

  it('has one zstd frame with its size, without a checksum, and a window of at most 512 KiB', () => {
    for (const mode of ['auto', 'max'] as const) {
      const text = Buffer.from(randomBytes(1_500_000).toString('hex'));
      const frame = open(keys, sealBlob(keys, 'data', text, { mode }).sealed);
      // RFC 8878, 3.1.1.1: magic number, then the descriptor byte, then the window descriptor.
      assert.equal(frame.readUInt32LE(0), 0xfd2fb528);
      const descriptor = frame.readUInt8(4);
      assert.equal(descriptor & 0b0010_0100, 0b0000_0000, 'neither a single segment nor a checksum');
      assert.equal(descriptor >> 6, 2, 'a content size of four bytes');
      assert.equal(10 + (frame.readUInt8(5) >> 3), 19);
      assert.equal(frame.readUInt32LE(6), 3_000_000);
    }
  });

  it('of data that cannot be compressed is stored as it is, a tree never', () => {
    const plain = randomBytes(1_000_000);
    const data = sealBlob(keys, 'data', plain);
    assert.equal(data.uncompressedLength, 0);
    assert.ok(openBlob(keys, blobId(plain), data.sealed, 0).equals(plain));
    assert.equal(sealBlob(keys, 'tree', plain).uncompressedLength, plain.length);
    // A part that can be compressed is enough.
    assert.equal(sealBlob(keys, 'data', plain.fill(1, 0, 20_000)).uncompressedLength, plain.length);
  });

  it('is the same however many were sealed and opened before it', () => {
    const blobs = [3, 700_000, 0, 40, 300_000, 5_000_000, 1].map((size) => {
      const plain = Buffer.from(randomBytes(size).toString('base64'));
      return { plain, blob: sealBlob(keys, 'data', plain) };
    });
    const opened = blobs.map(({ plain, blob }) =>
      openBlob(keys, blobId(plain), blob.sealed, blob.uncompressedLength),
    );
    for (const [i, { plain }] of blobs.entries()) assert.ok(opened[i]?.equals(plain));
  });

  it('is sealed where it was compressed, and proved without being whole anywhere', () => {
    const scratch = new Scratch();
    for (const size of [1, 300, 5_000, 250_000, 2_000_000, 40]) {
      const plain = Buffer.from(randomBytes(size).toString('base64'));
      for (const mode of ['auto', 'max', 'off'] as const) {
        const blob = sealBlob(keys, 'data', plain, { mode, scratch });
        assert.ok(scratch.holds(blob.sealed));
        verifySealed(keys, blobId(plain), blob);
        assert.ok(openBlob(keys, blobId(plain), blob.sealed, blob.uncompressedLength).equals(plain));
        assert.throws(() => verifySealed(keys, randomBytes(32), blob), /was not the same/);
      }
    }
  });

  it('of which more or less comes out than it says is found, however large', () => {
    const plain = Buffer.from(randomBytes(2_000_000).toString('base64'));
    const blob = sealBlob(keys, 'data', plain);
    const frame = open(keys, blob.sealed);
    for (const bytes of [frame.subarray(0, -1), frame.subarray(0, 9)]) {
      const damaged = { sealed: seal(keys, bytes), uncompressedLength: plain.length };
      assert.throws(() => verifySealed(keys, blobId(plain), damaged), /was not the same/);
      verifySealed(keys, blobId(plain), blob);
    }
    for (const uncompressedLength of [plain.length - 1, plain.length + 1])
      assert.throws(() => verifySealed(keys, blobId(plain), { ...blob, uncompressedLength }), FormatError);
  });

  it('is refused when it is not the one named, or not as long as told', () => {
    const plain = Buffer.from('some bytes that are stored');
    const blob = sealBlob(keys, 'data', plain);
    assert.throws(
      () => openBlob(keys, randomBytes(32), blob.sealed, plain.length),
      /does not match its name/,
    );
    assert.throws(() => openBlob(keys, blobId(plain), blob.sealed, plain.length - 1), FormatError);
    assert.throws(() => openBlob(keys, blobId(plain), blob.sealed, plain.length + 1), FormatError);
    assert.throws(() => openBlob(keys, blobId(plain), blob.sealed, 0), FormatError);
  });

  it('never costs more memory than it says, whatever it is compressed from', () => {
    const bomb = { sealed: seal(keys, compress(Buffer.alloc(100_000_000))), uncompressedLength: 10 };
    assert.throws(() => verifySealed(keys, randomBytes(32), bomb), RepositoryError);
  });

  it('that was spoilt between sealing and writing is found, and the machine is suspected', () => {
    const plain = randomBytes(1000);
    const blob = sealBlob(keys, 'data', plain);
    blob.sealed[500] = (blob.sealed[500] ?? 0) ^ 1;
    assert.throws(
      () => verifySealed(keys, blobId(plain), blob),
      (error: unknown) => error instanceof FormatError && /memory/.test(error.advice ?? ''),
    );
  });
});
