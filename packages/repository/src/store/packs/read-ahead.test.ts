import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryStorage, type StoredFile } from '@octobox/storage';
import { noise } from '../../testing/index.ts';
import { ReadAhead } from './read-ahead.ts';

const segment = 64 * 1024;
const pack: StoredFile = { kind: 'data', name: 'ab'.repeat(32) };

/** A storage with one pack that counts how it is read. */
async function stored(bytes: Buffer): Promise<{ storage: MemoryStorage; reads: number[]; ahead: ReadAhead }> {
  const storage = new MemoryStorage();
  const writer = await storage.writer('data');
  await writer.append(bytes);
  await writer.commit(pack.name);
  const reads: number[] = [];
  const ahead = new ReadAhead({
    stat: (file, options) => storage.stat(file, options),
    read: (file, range, options) => {
      reads.push(range?.length ?? -1);
      return storage.read(file, range, options);
    },
  });
  return { storage, reads, ahead };
}

describe('reading ahead', () => {
  it('serves neighbours from one read, to the last byte of the file', async () => {
    const bytes = noise('ahead', 100_000);
    const { reads, ahead } = await stored(bytes);
    for (const [offset, length] of [
      [0, 100],
      [50_000, 5_000],
      [65_400, 100],
      [90_000, 10_000],
    ] as const) {
      const got = await ahead.read(pack, { offset, length });
      assert.ok(bytes.subarray(offset, offset + length).equals(got), `${length} bytes at ${offset}`);
    }
    assert.deepEqual(reads, [segment, 100_000 - segment]);
  });

  it('reads what crosses its borders, and ranges beyond the file, as they were asked for', async () => {
    const bytes = noise('borders', 100_000);
    const { ahead } = await stored(bytes);
    const got = await ahead.read(pack, { offset: 65_000, length: 1_000 });
    assert.ok(bytes.subarray(65_000, 66_000).equals(got));
    await assert.rejects(ahead.read(pack, { offset: 99_000, length: 2_000 }), {
      code: 'storage.short-read',
    });
  });

  it('gives bytes that last, and goes on where more is asked for than it keeps', async () => {
    const bytes = noise('many', 80 * segment);
    const { ahead } = await stored(bytes);
    const first = await ahead.read(pack, { offset: 10, length: 1_000 });
    const segments = Array.from({ length: 80 }, (_, at) => at * segment);
    // Of those asked for at the same time some are dropped before whoever asked has them.
    const all = await Promise.all(segments.map((offset) => ahead.read(pack, { offset, length: 5_000 })));
    for (const [at, offset] of segments.entries())
      assert.ok(bytes.subarray(offset, offset + 5_000).equals(all[at] as Uint8Array), `at ${offset}`);
    assert.ok(bytes.subarray(10, 1_010).equals(first));
  });

  it('reads once what a walk comes back to again and again, in many places at a time', async () => {
    const bytes = noise('places', 50 * segment);
    const { reads, ahead } = await stored(bytes);
    for (let round = 0; round < 4; round++) {
      for (let place = 0; place < 50; place++) {
        await ahead.read(pack, { offset: place * segment + round * 1_000, length: 1_000 });
      }
    }
    assert.equal(reads.length, 50);
  });

  it('does not keep a failure', async () => {
    const bytes = noise('again', 1_000);
    const { storage, ahead } = await stored(bytes);
    await storage.remove(pack);
    await assert.rejects(ahead.read(pack, { offset: 0, length: 10 }), { code: 'storage.file-missing' });
    const writer = await storage.writer('data');
    await writer.append(bytes);
    await writer.commit(pack.name);
    assert.ok(bytes.subarray(0, 10).equals(await ahead.read(pack, { offset: 0, length: 10 })));
  });
});
