import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { backupFiles } from '@octobox/repository/backup';
import { entriesOf } from '@octobox/repository/browse';
import { createTestRepository } from '@octobox/repository/testing';
import { BarrenFolders } from './barren-folders.ts';

it('passes over folders in which a search found nothing in another snapshot, and in no other search', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-barren-'));
  try {
    const { repository } = await createTestRepository();
    const backUp = async (): Promise<Buffer> => {
      const { snapshot } = await backupFiles(repository, { paths: [folder], host: 'here', workers: 0 });
      return Buffer.from(snapshot?.tree ?? '', 'hex');
    };
    for (let n = 0; n < 20; n++) {
      await mkdir(join(folder, `${n}`, 'deeper'), { recursive: true });
      await writeFile(join(folder, `${n}`, 'deeper', 'page'), `${n}`);
    }
    const first = await backUp();
    await writeFile(join(folder, '7', 'deeper', 'new'), '');
    const second = await backUp();
    const barren = new BarrenFolders();
    const search = async (tree: Buffer, name: string) => {
      const watch = barren.watch(name);
      const seen: string[] = [];
      const entries = entriesOf(repository, tree, { recursive: true, enter: watch.enter, left: watch.left });
      for await (const { path, node } of entries) {
        if (node.name.toString() === name) watch.found();
        seen.push(path.toString());
      }
      return seen.filter((path) => path.startsWith(folder)).length;
    };
    assert.equal(await search(first, 'new'), 1 + 3 * 20);
    // The folders themselves are seen; of what is in them only what became another folder.
    assert.equal(await search(second, 'new'), 1 + 20 + 3);
    assert.equal(await search(second, 'new'), 1 + 20 + 3);
    assert.equal(await search(first, 'new'), 0);
    for (const tree of [first, second, first])
      assert.equal(await search(tree, 'page'), tree === second ? 1 + 3 * 20 + 1 : 1 + 3 * 20);
    await repository.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
