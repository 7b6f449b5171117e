/** Somebody exchanges folders of the target for links while a restore runs: nothing outside the target is touched. */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { noise } from '../testing/fixture-tree.ts';
import { Workshop } from '../testing/workshop.ts';
import { restoreSnapshot } from './restore.ts';
import type { RestoreOptions } from './restore-types.ts';

const folders = ['d0', 'd1', 'd2', 'd3'];
const filesEach = 40;
/** Bytes; from 16 MiB in all on the files are written by threads. */
const sizes = { threads: 128 * 1024, 'no threads': 100 };
const times = '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z"';

/** Exchanges each folder for a link to `outside` and back, as fast as it can. */
const swapper = `
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { workerData: { target, outside, folders, stop } } = require('node:worker_threads');
const attempt = (work) => { try { work(); return true; } catch { return false; } };
const pause = (microseconds) => { const end = performance.now() + microseconds / 1000; while (performance.now() < end); };
let moved = 0;
for (let round = 0; Atomics.load(stop, 0) === 0; round++) {
  for (const name of folders) {
    for (const folder of [target + '/' + name, target + '/' + name + '/inner']) {
      const away = target + '/away' + moved++;
      if (!attempt(() => renameSync(folder, away))) continue;
      if (attempt(() => symlinkSync(outside, folder))) Atomics.add(stop, 1, 1);
      pause(100 + (round % 7) * 100);
      attempt(() => unlinkSync(folder));
      attempt(() => renameSync(away, folder));
    }
    pause((round % 5) * 100);
  }
}
`;

interface Swapping extends AsyncDisposable {
  readonly count: () => number;
}

function swapFolders(target: string, outside: string): Swapping {
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(swapper, { eval: true, workerData: { target, outside, folders, stop } });
  const ended = new Promise<void>((resolve, reject) =>
    worker.on('exit', () => resolve()).on('error', reject),
  );
  return {
    count: () => Atomics.load(stop, 1),
    async [Symbol.asyncDispose]() {
      Atomics.store(stop, 0, 1);
      await ended;
    },
  };
}

/** Folders with a folder in each, with files that have the names of files outside. */
async function snapshotOf(workshop: Workshop, size: number): Promise<Snapshot> {
  const repository = await workshop.repository();
  const saver = repository.saver();
  const tree = async (...nodes: string[]): Promise<string> =>
    (await saver.save('tree', Buffer.from(`{"nodes":[${nodes.join(',')}]}\n`))).id.toString('hex');
  const folder = (name: string, subtree: string): string =>
    `{"name":"${name}","type":"dir","mode":2147484159,${times},"uid":0,"gid":0,"content":null,"subtree":"${subtree}"}`;
  const file = async (name: string): Promise<string> => {
    const { id } = await saver.save('data', noise(`evil ${name}`, size));
    return `{"name":"${name}","type":"file","mode":511,${times},"uid":0,"gid":0,"size":${size},"content":["${id.toString('hex')}"]}`;
  };
  const files: string[] = [];
  for (let number = 0; number < filesEach; number++) files.push(await file(`f${number}`));
  files.push(await file('kept'));
  const link = `{"name":"link","type":"symlink","mode":134218239,${times},"uid":0,"gid":0,"linktarget":"/nowhere","content":null}`;
  const inner = await tree(...files);
  const outer = await tree(...files.slice(0, 10), folder('inner', inner), ...files.slice(-1), link);
  const root = await tree(...folders.map((name) => folder(name, outer)));
  await saver.finish();
  const id = await repository.writeUnpacked(
    'snapshot',
    encodeSnapshot({
      tree: root,
      paths: ['/x'],
      hostname: 'h',
      username: '',
      uid: 0,
      gid: 0,
      tags: [],
      excludes: [],
      time: '2026-01-01T00:00:00Z',
    }),
  );
  return await repository.readSnapshot(id);
}

const seen = (path: string): unknown => {
  const { mode, mtimeMs, uid, gid, ino } = lstatSync(path);
  return { mode, mtimeMs, uid, gid, ino };
};

describe('a folder of the target that is exchanged for a link', { timeout: 120_000 }, () => {
  const cases: [keyof typeof sizes, Partial<RestoreOptions>][] = [
    ['no threads', {}],
    ['no threads', { delete: true, verify: true }],
    ['threads', {}],
    ['threads', { delete: true, verify: true }],
    ['no threads', { overwrite: 'if-changed', sparse: true }],
  ];
  for (const [threads, options] of cases) {
    it(`leads nowhere: ${threads}, ${JSON.stringify(options)}`, async () => {
      await using workshop = await Workshop.open();
      const snapshot = await snapshotOf(workshop, sizes[threads]);
      const repository = await workshop.repository();
      const target = workshop.path('target');
      const outside = workshop.path('outside');
      const kept = workshop.path('outside', 'kept');
      mkdirSync(target);
      mkdirSync(outside, { mode: 0o755 });
      writeFileSync(kept, 'kept');
      const before = { outside: seen(outside), kept: seen(kept) };

      await using swapping = swapFolders(target, outside);
      const end = performance.now() + 1000;
      do {
        // Whatever comes of it: entries that vanish are errors.
        await restoreSnapshot(repository, snapshot, { target, noLock: true, ...options }).catch(() => {});
        assert.deepEqual(readdirSync(outside), ['kept']);
        assert.equal(readFileSync(kept, 'utf8'), 'kept');
      } while (performance.now() < end);
      assert.ok(swapping.count() > 20, 'they were exchanged');
      assert.deepEqual({ outside: seen(outside), kept: seen(kept) }, before);
    });
  }
});
