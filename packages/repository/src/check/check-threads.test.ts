import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStorage, type Storage, withLayers, X25519Identity } from '@octobox/storage';
import { EntriesByPack } from '../store/index/entries-by-pack.ts';
import type { Repository } from '../store/repository.ts';
import { createTestRepository } from '../testing/repository.ts';
import { CheckThreads } from './check-threads.ts';
import type { PackToRead, PackVerdict } from './verify-pack.ts';

const identity = X25519Identity.generate();
const allLayers = {
  crypt: { password: 'crypt' },
  age: { recipients: [identity.recipient], identities: [identity] },
};

for (const layers of [{}, allLayers])
  describe(`a pack that is verified in ${Object.keys(layers).length + 1} layers`, () => {
    const isBare = layers !== allLayers;
    let folder: string;
    let local: Storage;
    let repository: Repository;
    let pack: PackToRead;
    let path: string;
    /** One thread that reads by itself, one that asks for what it reads, and none. */
    const ways: { readonly what: string; readonly threads: number; readonly storage: () => Storage }[] = [
      { what: 'by a thread', threads: 1, storage: () => local },
      {
        what: 'by a thread that must not read',
        threads: 1,
        storage: () =>
          new Proxy(local, {
            get: (target, key) =>
              key === 'read'
                ? target.read.bind(target)
                : key === 'pathOf'
                  ? undefined
                  : Reflect.get(target, key),
          }),
      },
      { what: 'without threads', threads: 0, storage: () => local },
    ];

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'octobox-threads-'));
      local = await withLayers(await openStorage(folder), layers);
      repository = (await createTestRepository(local)).repository;
      const saver = repository.saver();
      // More than one piece, one blob larger than a piece, and many small ones.
      for (const size of [3_000_000, ...Array<number>(700).fill(2_000)])
        await saver.save('data', randomBytes(size));
      await saver.finish();
      const table = await repository.loadIndex();
      const largest = await largestPack(local);
      pack = { ...largest, number: table.packNumber(Buffer.from(largest.name, 'hex')) };
      path = (await local.inlet?.({ kind: 'data', name: pack.name }))?.path ?? '';
      await chmod(path, 0o600);
    });
    after(() => rm(folder, { recursive: true }));

    const verdictsOf = async (of: PackToRead): Promise<PackVerdict[]> => {
      const table = await repository.loadIndex();
      const verdicts: PackVerdict[] = [];
      for (const { threads, storage } of ways) {
        const entries = new EntriesByPack(table);
        await using pool = new CheckThreads(threads);
        pool.begin({ storage: storage(), keys: repository.keys, table, entries, options: {} });
        // Two at once: memory for reading is used again.
        const [verdict, again] = await Promise.all([pool.verify(of), pool.verify(of)]);
        assert.deepEqual(again, verdict);
        verdicts.push(verdict);
      }
      return verdicts;
    };

    const withBytes = async (bytes: Uint8Array, work: () => Promise<void>): Promise<void> => {
      const sound = await readFile(path);
      try {
        await writeFile(path, bytes);
        await work();
      } finally {
        await writeFile(path, sound);
      }
    };

    it('is sound in every way of reading it', async () => {
      for (const verdict of await verdictsOf(pack))
        assert.deepEqual(verdict, { isAsNamed: true, damaged: [] });
    });

    it('has each damaged blob named', { skip: !isBare && 'a layer lets nothing through' }, async () => {
      const bytes = await readFile(path);
      for (const at of [100, bytes.length - 100_000]) bytes[at] = (bytes[at] ?? 0) ^ 1;
      await withBytes(bytes, async () => {
        const [first, ...others] = await verdictsOf(pack);
        assert.equal(first?.isAsNamed, false);
        assert.equal(first?.damaged.length, 2);
        for (const verdict of others) assert.deepEqual(verdict, first);
      });
    });

    it('is told to be damaged, cut off, or missing, in the words of the storage', async () => {
      const bytes = await readFile(path);
      bytes[70_000] = (bytes[70_000] ?? 0) ^ 1;
      await withBytes(bytes, async () => {
        const [first, ...others] = await verdictsOf(pack);
        assert.ok(isBare || first?.unreadable !== undefined);
        for (const verdict of others) assert.deepEqual(verdict, first);
        await truncate(path, 2000);
        const [cut, ...otherCuts] = await verdictsOf(pack);
        assert.ok(cut?.headerProblem ?? cut?.unreadable);
        for (const verdict of otherCuts) assert.deepEqual(verdict, cut);
      });
      const [first, ...others] = await verdictsOf({ ...pack, name: '0'.repeat(64) });
      assert.match(first?.unreadable ?? '', /does not exist|missing|no /);
      for (const verdict of others) assert.deepEqual(verdict, first);
    });
  });

async function largestPack(storage: Storage): Promise<{ name: string; size: number }> {
  let largest = { name: '', size: 0 };
  for await (const file of storage.list('data')) if (file.size > largest.size) largest = file;
  return largest;
}
