import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../errors.ts';
import {
  decodePackHeader,
  encodePackHeader,
  headerLength,
  type PackedBlob,
  sealedHeaderLength,
} from './pack-header.ts';

const blobs: fc.Arbitrary<PackedBlob[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('data', 'tree'),
      id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => Buffer.from(id)),
      length: fc.integer({ min: 32, max: 1 << 20 }),
      uncompressedLength: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1 << 23 })),
    }),
    { maxLength: 60 },
  )
  .map((entries) => {
    let offset = 0;
    return entries.map((entry) => {
      const blob = { ...entry, offset };
      offset += entry.length;
      return blob;
    });
  });

const counted = Buffer.from(Array.from({ length: 32 }, (_, i) => i));

describe('the header of a pack', () => {
  it("is read as in restic's own examples", () => {
    // restic internal/repository/pack/pack_internal_test.go
    const plain = Buffer.concat([Buffer.from('0064000000', 'hex'), counted]);
    const compressed = Buffer.concat([Buffer.from('0264000000c8000000', 'hex'), counted]);
    assert.deepEqual(decodePackHeader(Buffer.concat([plain, compressed])), [
      { type: 'data', id: counted, offset: 0, length: 100, uncompressedLength: 0 },
      { type: 'data', id: counted, offset: 100, length: 100, uncompressedLength: 200 },
    ]);
    assert.throws(() => decodePackHeader(Buffer.concat([Buffer.of(0xae), plain.subarray(1)])), FormatError);
    assert.throws(() => decodePackHeader(plain.subarray(0, 36)), FormatError);
    assert.throws(() => decodePackHeader(compressed.subarray(0, 40)), FormatError);
  });

  it('gives any blobs back', () => {
    fc.assert(
      fc.property(blobs, (list) => {
        const header = encodePackHeader(list);
        assert.equal(headerLength(list), header.length + 36);
        assert.deepEqual(decodePackHeader(header), list);
      }),
    );
  });

  it('made of any bytes is blobs or an error, and never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        try {
          decodePackHeader(Buffer.from(bytes));
        } catch (error) {
          assert.ok(error instanceof FormatError);
        }
      }),
    );
  });

  it('cannot be longer than its pack, nor than 16 MiB, nor shorter than one blob', () => {
    const end = (length: number): Buffer => {
      const bytes = Buffer.alloc(10);
      bytes.writeUInt32LE(length, 6);
      return bytes;
    };
    assert.equal(sealedHeaderLength(end(69), 200), 69);
    for (const [length, size] of [
      [197, 200],
      [68, 200],
      [0, 200],
      [16 * 1024 * 1024 + 1, 1e9],
      [0xffffffff, 1e9],
    ] as const) {
      assert.throws(() => sealedHeaderLength(end(length), size), FormatError);
    }
  });
});
