import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PackedBlobList } from './packed-blob-list.ts';

describe('the list of a pack', () => {
  it('gives back what was added, with the offsets', () => {
    const list = new PackedBlobList();
    assert.deepEqual([...list], []);
    const added = Array.from({ length: 300 }, (_, i) => ({
      type: i % 3 === 0 ? ('tree' as const) : ('data' as const),
      id: Buffer.alloc(32, i),
      length: i * 1000 + 32,
      uncompressedLength: i % 2 === 0 ? 0 : 0xffffffff - i,
    }));
    for (const blob of added) list.add(blob);
    let offset = 0;
    const expected = added.map((blob) => {
      const placed = { ...blob, offset };
      offset += blob.length;
      return placed;
    });
    assert.deepEqual([...list], expected);
    assert.equal(list.length, 300);
    assert.equal(list.bytes, offset);
  });
});
