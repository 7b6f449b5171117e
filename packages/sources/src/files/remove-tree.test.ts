import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { removeTree } from './remove-tree.ts';

test('a tree is removed whatever is in it, and what links in it point to stays', async () => {
  await using folder = await TemporaryFolder.create();
  const [tree, other] = [join(folder.path, 'tree'), join(folder.path, 'other')];
  await mkdir(join(tree, 'a', 'b', 'c'), { recursive: true });
  await mkdir(other);
  await writeFile(join(other, 'kept'), '');
  await symlink(other, join(tree, 'a', 'link'));
  await symlink('nowhere', join(tree, 'a', 'b', 'dangling'));
  await writeFile(Buffer.concat([Buffer.from(`${tree}/a/b/`), Buffer.from([0xff, 0xfe])]), 'not UTF-8');
  await writeFile(join(tree, 'a', 'b', 'c', 'read only'), '', { mode: 0o400 });
  await chmod(join(tree, 'a', 'b', 'c'), 0o500);
  await chmod(join(tree, 'a', 'b'), 0);
  await removeTree(tree);
  assert.deepEqual(await readdir(folder.path), ['other']);
  assert.deepEqual(await readdir(other), ['kept']);
});

test('a file and a link are removed alone, and nothing is fine, too', async () => {
  await using folder = await TemporaryFolder.create();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  await symlink('.', join(folder.path, 'link'));
  await removeTree(join(folder.path, 'link'));
  assert.deepEqual(await readdir(folder.path), ['file']);
  await removeTree(file);
  await removeTree(file);
  assert.deepEqual(await readdir(folder.path), []);
});

test('however many files there are, few are being removed at a time', async () => {
  await using folder = await TemporaryFolder.create();
  const tree = join(folder.path, 'tree');
  for (let i = 0; i < 8; i += 1) {
    const below = join(tree, `${i}`);
    await mkdir(below, { recursive: true });
    await Promise.all(Array.from({ length: 200 }, (_, j) => writeFile(join(below, `${j}`), '')));
  }
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.getActiveResourcesInfo().filter((name) => name.startsWith('FSReq')).length);
  });
  try {
    await removeTree(tree);
  } finally {
    clearInterval(watch);
  }
  assert.ok(most <= 64, `${most} at once`);
  assert.deepEqual(await readdir(folder.path), []);
});
