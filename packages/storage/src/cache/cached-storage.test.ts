import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { MemoryStorage } from '../memory.ts';
import type { StoredFile } from '../storage.ts';
import { describeStorage, put } from '../testing/contract.ts';
import { CacheFolder } from './cache-folder.ts';
import { listCaches, removeOldCaches } from './cache-list.ts';
import { CachedStorage } from './cached-storage.ts';

const repositoryId = 'ab'.repeat(32);

async function cached(base: string) {
  const inner = new MemoryStorage();
  const storage = new CachedStorage(inner);
  storage.use({ folder: await CacheFolder.open(base, repositoryId), isTreePack: () => true });
  return { inner, storage };
}

const newBase = (): Promise<string> => mkdtemp(join(tmpdir(), 'octobox-cache-'));

describeStorage('a cached storage', async () => {
  const base = await newBase();
  const { storage } = await cached(base);
  return { storage, cleanup: () => rm(base, { recursive: true, force: true }) };
});

describe('a cached storage', () => {
  const prepare = async (t: TestContext) => {
    const base = await newBase();
    t.after(() => rm(base, { recursive: true, force: true }));
    const bytes = randomBytes(100_000);
    const file: StoredFile = { kind: 'data', name: createHash('sha256').update(bytes).digest('hex') };
    const { inner, storage } = await cached(base);
    await put(inner, file, bytes);
    const copy = join(base, repositoryId, 'data', file.name.slice(0, 2), file.name);
    return { base, bytes, file, inner, storage, copy };
  };

  it('keeps whole copies, and reads from them when the storage cannot be reached', async (t) => {
    const { base, bytes, file, inner, storage, copy } = await prepare(t);
    const range = { offset: 10, length: 20 };
    assert.deepEqual(Buffer.from(await storage.read(file, range)), bytes.subarray(10, 30));
    assert.deepEqual(await readFile(copy), bytes);
    await inner.remove(file);
    assert.deepEqual(Buffer.from(await storage.read(file)), bytes);
    assert.match(await readFile(join(base, 'CACHEDIR.TAG'), 'latin1'), /^Signature: 8a477f597d28d172/);
    assert.equal(await readFile(join(base, repositoryId, 'version'), 'latin1'), '1');
  });

  it('never uses a copy that is damaged: it is fetched again', async (t) => {
    const { base, bytes, file, inner, storage, copy } = await prepare(t);
    await storage.read(file);
    await writeFile(copy, Buffer.concat([Buffer.from([bytes[0] ?? 0 ^ 1, 7]), bytes.subarray(2)]));
    const again = new CachedStorage(inner);
    again.use({ folder: await CacheFolder.open(base, repositoryId), isTreePack: () => true });
    assert.deepEqual(Buffer.from(await again.read(file)), bytes);
    assert.deepEqual(await readFile(copy), bytes);
  });

  it('keeps no copy of what is damaged in the storage, nor of packs without trees', async (t) => {
    const { base, inner, storage } = await prepare(t);
    const wrong: StoredFile = { kind: 'index', name: 'cd'.repeat(32) };
    await put(inner, wrong, Buffer.from('not what its name says'));
    assert.equal(Buffer.from(await storage.read(wrong)).toString(), 'not what its name says');
    assert.deepEqual(await readdir(join(base, repositoryId, 'index', 'cd')), []);
    const bytes = randomBytes(10);
    const data: StoredFile = { kind: 'data', name: createHash('sha256').update(bytes).digest('hex') };
    await put(inner, data, bytes);
    storage.use({ folder: await CacheFolder.open(base, repositoryId), isTreePack: () => false });
    await storage.read(data);
    assert.deepEqual(await readdir(join(base, repositoryId, 'data')), []);
  });

  it('forgets copies of files that are gone, and caches that nobody used for long', async (t) => {
    const { base, file, inner, storage, copy } = await prepare(t);
    await storage.read(file);
    await inner.remove(file);
    assert.deepEqual(await Array.fromAsync(storage.list('data')), []);
    await assert.rejects(readFile(copy), /ENOENT/);
    assert.deepEqual(await removeOldCaches(base, 30), []);
    const then = new Date(Date.now() - 31 * 86_400_000);
    await utimes(join(base, repositoryId), then, then);
    assert.equal((await removeOldCaches(base, 30)).length, 1);
    assert.deepEqual(await listCaches(base), []);
  });
});
