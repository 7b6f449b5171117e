import assert from 'node:assert/strict';
import { chmod, mkdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepCapture } from '../testing/kept-snapshot.ts';
import { describeSource, type SourceHarness, testContext } from '../testing/source-contract.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { FilesScratch } from './scratch.ts';
import { FilesSource } from './source.ts';

async function makeTree(root: string, files: number): Promise<void> {
  for (const folder of ['images', 'pages', 'empty']) await mkdir(join(root, folder), { recursive: true });
  for (let i = 0; i < files; i += 1) {
    await writeFile(
      join(root, i % 2 === 0 ? 'images' : 'pages', `file ${i} [*?].bin`),
      `content ${i} `.repeat(i + 1),
    );
  }
  await symlink('../images', join(root, 'pages', 'link'));
}

async function makeHarness(): Promise<SourceHarness> {
  const folder = await TemporaryFolder.create();
  const root = join(folder.path, 'www');
  await makeTree(root, 60);
  return {
    source: new FilesSource({ paths: [root] }),
    secrets: [],
    use: async () => await writeFile(join(root, 'pages', 'new.html'), 'hello'),
    destroy: async () => await rm(join(root, 'images'), { recursive: true }),
    tamper: async (copy) => {
      assert.ok(copy instanceof FilesScratch);
      // As long as before: only its content tells.
      await writeFile(join(copy.root, root, 'images', 'file 0 [*?].bin'), 'CONTENT 0 ');
    },
    breakSource: async () => await rm(root, { recursive: true }),
    [Symbol.asyncDispose]: async () => await folder[Symbol.asyncDispose](),
  };
}

describeSource('files', makeHarness);

test('a probe says how many of the files are lost, and keeps quiet about a few', async () => {
  await using folder = await TemporaryFolder.create();
  const root = join(folder.path, 'www');
  await makeTree(root, 400);
  const source = new FilesSource({ paths: [root] });
  const context = testContext();
  const snapshot = await keepCapture(await source.capture(context), join(folder.path, 'kept'));
  for (const i of [0, 2]) await rm(join(root, 'images', `file ${i} [*?].bin`));
  assert.deepEqual((await source.probe(snapshot, context)).findings, []);
  for (let i = 4; i < 100; i += 2) await rm(join(root, 'images', `file ${i} [*?].bin`));
  await writeFile(join(root, 'pages', 'file 1 [*?].bin'), '');
  const { findings } = await source.probe(snapshot, context);
  assert.equal(findings[0]?.kind, 'shrunk');
  assert.match(findings[0]?.summary ?? '', /51 of 400 files .* 1 of them empty now \(13 % of all\)/);
  await rm(root, { recursive: true });
  assert.equal(
    (await source.probe(snapshot, context)).findings[0]?.summary,
    `${root} does not exist any more.`,
  );
});

test('a path that is a symbolic link is worth a warning', async () => {
  await using folder = await TemporaryFolder.create();
  await symlink('/etc', join(folder.path, 'link'));
  const { warnings } = await new FilesSource({ paths: [join(folder.path, 'link')] }).preflight(testContext());
  assert.equal(warnings.length, 1);
});

test('a restore leaves the folders above alone', async () => {
  await using folder = await TemporaryFolder.create();
  const above = join(folder.path, 'srv');
  const root = join(above, 'www');
  await makeTree(root, 3);
  const source = new FilesSource({ paths: [root] });
  const snapshot = await keepCapture(await source.capture(testContext()), join(folder.path, 'kept'));
  await rm(root, { recursive: true });
  await chmod(above, 0o2711);
  await utimes(above, 1_000_000_000, 1_000_000_000);
  await source.restore(snapshot, testContext());
  const { mode, mtimeMs } = await stat(above);
  assert.deepEqual([mode & 0o7777, mtimeMs], [0o2711, 1e12]);
  assert.equal((await source.verify(snapshot, testContext())).outcome, 'passed');
});
