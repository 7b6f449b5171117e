/** Packs that workers make up by themselves: in a folder, in layers, and where the bytes pass the main thread. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  LocalStorage,
  MemoryStorage,
  type Storage,
  StorageError,
  withLayers,
  X25519Identity,
} from '@octobox/storage';
import { checkRepository } from '../../check/check.ts';
import { createTestRepository, noise } from '../../testing/index.ts';
import { backupFiles } from '../files.ts';

function temporaryFolder(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'octobox-lane-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

function inLayers(storage: Storage): Promise<Storage> {
  const identity = X25519Identity.generate();
  return withLayers(storage, {
    crypt: { password: 'of the crypt layer' },
    age: { recipients: [identity.recipient], identities: [identity] },
  });
}

/** Large enough for several packs of each worker, and small enough for what is left over. */
function fill(folder: string): void {
  for (let at = 0; at < 9; at++) writeFileSync(join(folder, `large ${at}`), noise(`large ${at}`, 6_000_000));
  for (let at = 0; at < 300; at++) writeFileSync(join(folder, `small ${at}`), `content ${at}`);
}

describe('packs that workers make up', () => {
  const kinds = {
    'in a folder': async (path: string) => new LocalStorage(path),
    'in layers in a folder': (path: string) => inLayers(new LocalStorage(path)),
    'in memory': async () => new MemoryStorage(),
    'in layers in memory': () => inLayers(new MemoryStorage()),
  };
  for (const [name, open] of Object.entries(kinds)) {
    it(`are whole ${name}, and nothing else is left`, async (t) => {
      const base = temporaryFolder(t);
      const source = mkdtempSync(join(base, 'source-'));
      fill(source);
      const storage = await open(join(base, 'repository'));
      const { repository } = await createTestRepository(storage);
      const { summary } = await backupFiles(repository, { paths: [source], host: 'test', workers: 2 });
      const report = await checkRepository(repository, { readData: true });
      assert.deepEqual(report.findings, []);
      let stored = 0;
      for (const size of (await repository.listFiles('data')).values()) stored += size;
      assert.ok(stored > summary.dataAddedPacked && stored < summary.dataAddedPacked * 1.01, `${stored}`);
      if (name.endsWith('folder')) assert.deepEqual(readdirSync(join(base, 'repository', 'tmp')), []);
    });
  }

  it('on a disk that is full end the backup with the storage’s own error', async (t) => {
    const disk = mkdtempSync(join(tmpdir(), 'octobox-full-'));
    t.after(() => rmSync(disk, { recursive: true, force: true }));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]).status !== 0)
      return t.skip('cannot mount a small disk');
    using _ = { [Symbol.dispose]: () => spawnSync('umount', [disk]) };
    const base = temporaryFolder(t);
    const source = mkdtempSync(join(base, 'source-'));
    fill(source);
    const { repository } = await createTestRepository(new LocalStorage(join(disk, 'repository')));
    await assert.rejects(
      backupFiles(repository, { paths: [source], host: 'test', workers: 2 }),
      (error) => error instanceof StorageError && error.code === 'storage.full',
    );
    assert.deepEqual(readdirSync(join(disk, 'repository', 'tmp')), []);
    assert.deepEqual(readdirSync(join(disk, 'repository', 'snapshots')), []);
  });
});
