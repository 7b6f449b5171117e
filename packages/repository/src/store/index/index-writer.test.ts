import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { decodeIndex } from '../../format/index-file.ts';
import { IndexWriter } from './index-writer.ts';

const pack = (blobs: number) => ({
  id: randomBytes(32),
  blobs: Array.from({ length: blobs }, (_, n) => ({
    type: 'data' as const,
    id: Buffer.alloc(32, n),
    offset: n * 40,
    length: 40,
    uncompressedLength: 0,
  })),
});

function countBlobs(json: Buffer): number {
  let blobs = 0;
  decodeIndex(json, { pack: () => {}, blob: () => blobs++ });
  return blobs;
}

describe('the writer of index files', () => {
  it('writes one at 50,000 blobs, never splits a pack, and the rest when asked', async () => {
    const written: Buffer[] = [];
    const writer = new IndexWriter(async (json) => {
      written.push(Buffer.from(json));
    });
    for (let n = 0; n < 7; n++) await writer.add(pack(9000));
    await writer.flush();
    await writer.flush();
    assert.deepEqual(written.map(countBlobs), [54_000, 9000]);
  });

  it('writes one after ten minutes', async (test) => {
    test.mock.timers.enable({ apis: ['Date'], now: 0 });
    const written: Buffer[] = [];
    const writer = new IndexWriter(async (json) => {
      written.push(Buffer.from(json));
    });
    await writer.add(pack(1));
    test.mock.timers.setTime(599_999);
    await writer.add(pack(1));
    assert.equal(written.length, 0);
    test.mock.timers.setTime(600_000);
    await writer.add(pack(1));
    assert.deepEqual(written.map(countBlobs), [3]);
  });
});
