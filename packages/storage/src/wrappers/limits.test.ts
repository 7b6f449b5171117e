import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { MemoryStorage } from '../memory.ts';
import { describeStorage, put, randomName } from '../testing/contract.ts';
import { TokenBucket } from '../transfer/token-bucket.ts';
import { LimitedStorage } from './limits.ts';

describeStorage('a limited storage', async () => ({
  storage: new LimitedStorage(new MemoryStorage(), { upload: 50_000_000, download: 50_000_000 }),
  cleanup: async () => {},
}));

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

/** Never faster than the rate; how much slower it may be depends on what else the machine does. */
const SLOWEST = 20;
/** At this rate what is limited would take an hour. */
const CRAWL = 100;

describe('rate limits', { timeout: 120_000 }, () => {
  const file = { kind: 'data', name: randomName() } as const;
  const bytes = randomBytes(400_000);

  it('keep writing to the rate upwards', async () => {
    const storage = new LimitedStorage(new MemoryStorage(), { upload: 800_000 });
    const took = await seconds(() => put(storage, file, bytes));
    assert.ok(took > 0.2 && took < SLOWEST, `${took} s for half a second's worth, less the burst`);
  });

  it('keep reading to the rate downwards', async () => {
    const storage = new LimitedStorage(new MemoryStorage(), { download: 800_000 });
    await put(storage, file, bytes);
    const took = await seconds(() => storage.read(file));
    assert.ok(took > 0.2 && took < SLOWEST, `${took} s`);
    assert.ok(bytes.equals(await storage.read(file)));
  });

  it('leave the other direction alone', async () => {
    const memory = new MemoryStorage();
    await put(new LimitedStorage(memory, { download: CRAWL }), file, bytes);
    assert.ok(bytes.equals(await new LimitedStorage(memory, { upload: CRAWL }).read(file)));
  });

  it('are shared by all who transfer at once', async () => {
    const bucket = new TokenBucket(1_000_000);
    const took = await seconds(() => Promise.all(Array.from({ length: 10 }, () => bucket.take(70_000))));
    assert.ok(took > 0.35 && took < SLOWEST, `${took} s for 0.7 s' worth, less a burst of 0.25 s`);
  });

  it('let a waiting transfer be stopped', async () => {
    const storage = new LimitedStorage(new MemoryStorage(), { upload: 1000 });
    const controller = new AbortController();
    const writer = await storage.writer('data', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await assert.rejects(writer.append(bytes), /enough/);
  });
});
