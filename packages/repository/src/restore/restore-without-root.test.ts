import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryStorage, type Storage } from '@octobox/storage';
import { libc } from '../filesystem/libc.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { Workshop } from '../testing/workshop.ts';
import { restoreSnapshot } from './restore.ts';

const nobody = 65534;

/** The repository's files in memory, where anybody can read them. */
async function inMemory(storage: Storage): Promise<Storage> {
  const memory = new MemoryStorage('copy');
  for (const kind of ['config', 'key', 'snapshot', 'index', 'data'] as const) {
    for await (const { name } of storage.list(kind)) {
      const writer = await memory.writer(kind);
      await writer.append(await storage.read({ kind, name }));
      await writer.commit(name);
    }
  }
  return memory;
}

test('a user who is not root gets all contents; what only root may set is no error', {
  skip: process.getuid?.() === 0 ? false : 'needs root to make files of others',
}, async () => {
  await using workshop = await Workshop.open();
  workshop.write('program', 'text');
  workshop.write('folder/file', 300_000);
  const program = join(workshop.source, 'program');
  chownSync(program, 1234, 1234);
  chmodSync(program, 0o4755);
  libc()?.setAttribute(Buffer.from(program), Buffer.from('trusted.mark'), Buffer.from('x'));
  chmodSync(join(workshop.source, 'folder'), 0o550);
  const { id } = await workshop.backup();

  const repository = await Repository.open(await inMemory(workshop.storage), { password: TEST_PASSWORD });
  const snapshot = await repository.snapshot(id);
  const target = workshop.path('target');
  mkdirSync(target);
  chownSync(target, nobody, nobody);
  chmodSync(workshop.folder, 0o755);
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    for (let time = 0; time < 2; time++) {
      const result = await restoreSnapshot(repository, snapshot, { target, workers: 0, noLock: true });
      assert.deepEqual(result.errors, []);
      assert.ok(result.warnings.every(({ path }) => path === '/program'));
      assert.ok(result.warnings.some(({ message }) => message.includes('trusted.mark')));
      assert.ok(result.warnings.some(({ message }) => message.includes('setuid')));
    }
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
  const restored = statSync(join(target, 'program'));
  assert.equal(restored.uid, nobody);
  assert.equal(restored.mode & 0o7777, 0o755, 'a program must not run with the rights of who restored it');
  assert.equal(statSync(join(target, 'folder')).mode & 0o7777, 0o550);
  assert.deepEqual(
    readFileSync(join(target, 'folder/file')),
    readFileSync(join(workshop.source, 'folder/file')),
  );
  assert.equal(restored.mtimeMs, statSync(program).mtimeMs);
});
