/** A prune on a disk that fills up: it says so, nothing is lost or left behind, and the next one finishes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LocalStorage, StorageError } from '@octobox/storage';
import { checkRepository } from '../check/check.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import type { Node } from '../format/trees/node.ts';
import { encodeNode, TREE_HEAD, TREE_TAIL } from '../format/trees/tree.ts';
import { Repository } from '../store/repository.ts';
import { noise } from '../testing/fixture-tree.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { applyPrune } from './apply-prune.ts';
import { planPrune } from './plan-prune.ts';

const BLOB = 50_000;

/** A mounted disk of a few megabytes; or why there is none. */
function smallDisk(): (Disposable & { path: string }) | string {
  const path = mkdtempSync(join(tmpdir(), 'octobox-full-'));
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', path]);
  if (status !== 0) {
    rmSync(path, { recursive: true });
    return `cannot mount a small disk: ${error?.message ?? stderr.toString().trim()}`;
  }
  return {
    path,
    [Symbol.dispose]() {
      spawnSync('umount', [path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Two snapshots with 40 blobs each, of which only those of the second stay. */
async function fill(folder: string): Promise<Map<string, Buffer>> {
  const { repository } = await createTestRepository(new LocalStorage(folder));
  const saver = repository.saver({ packSize: 1_000_000 });
  const kept = new Map<string, Buffer>();
  const nodes: string[] = [];
  for (let number = 0; number < 80; number++) {
    const content = noise(`blob ${number}`, BLOB);
    const { id } = await saver.save('data', content);
    if (number % 2 === 1) continue;
    kept.set(id.toString('hex'), content);
    nodes.push(encodeNode(fileNode(`file${String(number).padStart(2, '0')}`, id)));
  }
  const { id: tree } = await saver.save('tree', Buffer.from(`${TREE_HEAD}${nodes.join(',')}${TREE_TAIL}`));
  await saver.finish();
  const snapshot = { paths: ['/x'], hostname: 'h', username: '', uid: 0, gid: 0, tags: [], excludes: [] };
  const json = encodeSnapshot({ ...snapshot, tree: tree.toString('hex'), time: '2026-01-01T00:00:00Z' });
  await repository.writeUnpacked('snapshot', json);
  await repository.close();
  return kept;
}

const fileNode = (name: string, id: Buffer): Node => ({
  name: Buffer.from(name),
  type: 'file',
  mode: 0o644,
  mtime: 0n,
  atime: 0n,
  ctime: 0n,
  uid: 0,
  gid: 0,
  inode: 0n,
  deviceId: 0n,
  size: BigInt(BLOB),
  links: 1n,
  device: 0n,
  content: [id],
});

// Full before the lock, within the packs, and when little is lacking: a pack may happen to hold nothing but blobs that stay.
for (const free of [0, 200, 1600]) {
  test(`a prune with ${free} kB left on the disk loses nothing and leaves nothing behind`, async (t) => {
    const made = smallDisk();
    if (typeof made === 'string') return t.skip(made);
    using disk = made;
    const folder = join(disk.path, 'repository');
    const kept = await fill(folder);
    const { bavail, bsize } = statfsSync(disk.path);
    const ballast = join(disk.path, 'ballast');
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - free * 1024));

    const prune = async (): Promise<void> => {
      const repository = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
      try {
        const plan = await planPrune(repository, { maxUnused: 0, noLock: true });
        assert.ok(plan.packs.repack.length > 0);
        await applyPrune(repository, plan);
      } finally {
        await repository.close();
      }
    };
    await assert.rejects(prune(), (error) => {
      assert.ok(error instanceof StorageError, String(error));
      assert.equal(error.code, 'storage.full');
      return true;
    });
    const left = readdirSync(folder).includes('tmp') ? readdirSync(join(folder, 'tmp')) : [];
    assert.deepEqual(left, [], 'no unfinished file stays');
    assert.deepEqual(readdirSync(join(folder, 'locks')), []);
    await wholeAt(folder, kept);

    rmSync(ballast);
    await prune();
    await wholeAt(folder, kept);
    assert.deepEqual(readdirSync(join(folder, 'tmp')), []);
    await restic(['check', '--read-data'], { repository: folder });
  });
}

async function wholeAt(folder: string, kept: ReadonlyMap<string, Buffer>): Promise<void> {
  const repository = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
  await repository.loadIndex();
  for (const [id, content] of kept)
    assert.ok(content.equals(await repository.loadBlob('data', Buffer.from(id, 'hex'))));
  const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
  assert.deepEqual(
    report.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  await repository.close();
}
