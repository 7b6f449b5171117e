import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileMissingError } from '../errors.ts';
import { MemoryStorage } from '../memory.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { MeasuredStorage, StorageMetrics } from './metrics.ts';

describeStorage('a measured storage', async () => ({
  storage: new MeasuredStorage(new MemoryStorage(), new StorageMetrics()),
  cleanup: async () => {},
}));

describe('metrics of a storage', () => {
  it('count operations, bytes, errors and time', async () => {
    const metrics = new StorageMetrics();
    const storage = new MeasuredStorage(new MemoryStorage(), metrics);
    const file = { kind: 'data', name: randomName() } as const;
    await put(storage, file, Buffer.alloc(1000));
    await storage.read(file, { offset: 10, length: 100 });
    await storage.read(file);
    await assert.rejects(storage.read({ kind: 'data', name: randomName() }), FileMissingError);
    await names(storage, 'data');
    await storage.remove(file);
    const { read, write, list, remove, stat } = metrics.value();
    assert.deepEqual([read.count, read.errors, read.bytes], [3, 1, 1100]);
    assert.deepEqual([write.count, write.errors, write.bytes], [1, 0, 1000]);
    assert.deepEqual([list.count, remove.count, stat.count], [1, 1, 0]);
    assert.ok(read.totalMs > 0 && read.longestMs > 0 && read.longestMs <= read.totalMs);
  });

  it('are a value that does not change afterwards', async () => {
    const metrics = new StorageMetrics();
    const before = metrics.value();
    await names(new MeasuredStorage(new MemoryStorage(), metrics), 'data');
    assert.equal(before.list.count, 0);
    assert.equal(metrics.value().list.count, 1);
  });
});
