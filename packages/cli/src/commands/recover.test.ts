import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('octobox recover', () => {
  it('shows what no snapshot leads to, and makes a snapshot of it', async () => {
    await using shop = await Workshop.withRepository();
    await mkdir(shop.at('a'));
    await writeFile(shop.at('a/file'), 'content');
    await shop.onRepository(['backup', 'a']);
    const nothing = await shop.onRepository(['recover']);
    assert.equal(nothing.code, 0);
    assert.match(nothing.stdout, /nothing to recover/);

    const [id = ''] = await readdir(shop.at('repository/snapshots'));
    await rm(shop.at('repository/snapshots', id));
    const shown = await shop.onRepository(['recover', '--dry-run']);
    assert.match(shown.stdout, /recovering 1 folder that no snapshot leads to/);
    assert.deepEqual(await readdir(shop.at('repository/snapshots')), []);
    const [summary] = jsonLines((await shop.onRepository(['recover', '--json'])).stdout);
    const trees = summary?.trees as string[];
    assert.deepEqual(await readdir(shop.at('repository/snapshots')), [summary?.snapshot_id]);
    const path = `/${trees[0]?.slice(0, 8)}/a/file`;
    assert.equal((await shop.onRepository(['dump', 'latest', path])).stdout, 'content');
  });

  it('ends with 1 when something cannot be read, and recovers the rest', async () => {
    await using shop = await Workshop.withRepository();
    await writeFile(shop.at('a'), 'content');
    await shop.onRepository(['backup', 'a']);
    const [id = ''] = await readdir(shop.at('repository/snapshots'));
    await rm(shop.at('repository/snapshots', id));
    await writeFile(shop.at('repository/snapshots', id), 'nonsense');
    const { code, stdout, stderr } = await shop.onRepository(['recover']);
    assert.equal(code, 1);
    assert.match(stdout, /snapshot [0-9a-f]{8} saved/);
    assert.match(stderr, /1 snapshot cannot be read/);
  });
});
