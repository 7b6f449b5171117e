import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FileMissingError } from '../errors.ts';
import { LocalStorage } from '../local.ts';
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

  it('leave a disk to the threads that read and write it themselves, and count what passes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-metrics-'));
    try {
      const metrics = new StorageMetrics();
      const storage = new MeasuredStorage(new LocalStorage(folder), metrics);
      await storage.create();
      const file = { kind: 'data', name: randomName() } as const;
      const writer = await storage.writer(file.kind);
      const outlet = writer.handOver?.();
      assert.ok(outlet?.file !== undefined);
      await outlet.append(Buffer.alloc(1000));
      await writer.commit(file.name);
      assert.equal(metrics.value().write.bytes, 1000);
      assert.equal((await storage.stat(file)).size, 1000);
      assert.deepEqual(await storage.inlet?.(file), await new LocalStorage(folder).inlet(file));
      assert.equal(new MeasuredStorage(new MemoryStorage(), metrics).inlet, undefined);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are a value that does not change afterwards', async () => {
    const metrics = new StorageMetrics();
    const before = metrics.value();
    await names(new MeasuredStorage(new MemoryStorage(), metrics), 'data');
    assert.equal(before.list.count, 0);
    assert.equal(metrics.value().list.count, 1);
  });
});
