/** Threads of a restore read packs by themselves where the storage lets them, and by way of it where not. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStorage, type Storage, withLayers, X25519Identity } from '@octobox/storage';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { Repository } from '../store/repository.ts';
import { noise } from '../testing/fixture-tree.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { restoreSnapshot } from './restore.ts';

const identity = X25519Identity.generate();
const allLayers = {
  crypt: { password: 'crypt' },
  age: { recipients: [identity.recipient], identities: [identity] },
};
const times = '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z"';
/** Bytes; more than threads are started for, with blobs of more than one read and with many in one. */
const sizes = [
  ...Array<number>(3).fill(5_000_000),
  ...Array<number>(4).fill(900_000),
  ...Array<number>(400).fill(2_000),
];
const nameOf = (number: number): string => `f${String(number).padStart(4, '0')}`;
const contentOf = (number: number): Buffer => noise(nameOf(number), sizes[number] as number);

/** Writes one blob a file, all of one folder; gives the id of the snapshot. */
async function snapshotOf(repository: Repository): Promise<string> {
  const saver = repository.saver();
  const nodes: string[] = [];
  for (const [number, size] of sizes.entries()) {
    const { id } = await saver.save('data', contentOf(number));
    nodes.push(
      `{"name":"${nameOf(number)}","type":"file","mode":384,${times},"uid":0,"gid":0,"size":${size},"content":["${id.toString('hex')}"]}`,
    );
  }
  const tree = await saver.save('tree', Buffer.from(`{"nodes":[${nodes.join(',')}]}\n`));
  await saver.finish();
  const who = { hostname: 'h', username: '', uid: 0, gid: 0, tags: [], excludes: [] };
  const snapshot = { tree: tree.id.toString('hex'), paths: ['/x'], time: '2026-01-01T00:00:00Z', ...who };
  return await repository.writeUnpacked('snapshot', encodeSnapshot(snapshot));
}

for (const layers of [{}, allLayers])
  describe(`packs in ${Object.keys(layers).length + 1} layers`, () => {
    let folder: string;
    let local: Storage;
    let id: string;
    let dataPacks: Set<string>;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'octobox-inlets-'));
      local = await withLayers(await openStorage(join(folder, 'repository')), layers);
      const { repository } = await createTestRepository(local);
      id = await snapshotOf(repository);
      const table = repository.index;
      dataPacks = new Set();
      for (let entry = 0; entry < table.entryCount; entry++)
        if (table.typeAt(entry) === 'data') dataPacks.add(table.packName(table.packAt(entry)));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** Restores by two threads and compares; gives how often the storage was asked for contents. */
    async function restoreFrom(name: string, inlet: Storage['inlet']): Promise<number> {
      let reads = 0;
      const read: Storage['read'] = (file, ...rest) => {
        if (dataPacks.has(file.name)) reads++;
        return local.read(file, ...rest);
      };
      const storage = new Proxy(local, {
        get: (target, key) => {
          if (key === 'read') return read;
          if (key === 'inlet') return inlet;
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      const repository = await Repository.open(storage, { password: TEST_PASSWORD });
      const target = join(folder, name);
      const snapshot = await repository.readSnapshot(id);
      const result = await restoreSnapshot(repository, snapshot, { target, noLock: true, workers: 2 });
      assert.equal(result.errorCount, 0);
      for (const number of sizes.keys())
        assert.ok(readFileSync(join(target, nameOf(number))).equals(contentOf(number)), nameOf(number));
      return reads;
    }

    it('are read by the threads', async () => {
      assert.equal(
        await restoreFrom('by threads', (file) => local.inlet?.(file) ?? Promise.resolve(undefined)),
        0,
      );
    });

    it('are read by the storage where it has no inlet', async () => {
      assert.ok((await restoreFrom('by the storage', undefined)) > 0);
    });

    it('are read by the storage when the inlet leads nowhere, or to something else', async () => {
      for (const path of [join(folder, 'nothing'), '/dev/null'])
        assert.ok(
          (await restoreFrom(`from ${path.replaceAll('/', ' ')}`, async () => ({ path, layers: [] }))) > 0,
        );
    });
  });
