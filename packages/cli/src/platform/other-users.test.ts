import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Workshop } from '../testing/octobox.ts';

// Nothing is refused to root, but what is in the way of a folder is so for everybody.
const asRoot = process.getuid?.() === 0 && 'nothing is refused to root';

describe('a data folder that cannot be used', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.open();
    await mkdir(shop.at('www'));
  });
  after(() => shop[Symbol.asyncDispose]());

  it('is named with what to do, when something else has its name', async () => {
    await writeFile(shop.at('taken'), '');
    for (const data of [shop.at('taken'), shop.at('taken/below')]) {
      const { code, stderr } = await shop.run(['protect', 'www', '--data', data]);
      assert.equal(code, 1);
      assert.ok(stderr.includes(`the folder ${data} cannot be used: E`), stderr);
      assert.match(stderr, /--data or OCTOBOX_DATA/);
    }
  });

  it('is named with what to do, when another user has it', { skip: asRoot }, async () => {
    assert.equal((await shop.run(['protect', 'www'])).code, 0);
    await chmod(shop.at('data/octobox.db'), 0o400);
    const written = await shop.run(['backup']);
    assert.match(written.stderr, /the folder .*data cannot be used: EACCES/);
    assert.equal((await shop.run(['status'])).code, 4);
    await chmod(shop.at('data'), 0o000);
    const entered = await shop.run(['status']);
    await chmod(shop.at('data'), 0o700);
    assert.match(entered.stderr, /data\/octobox\.yaml: cannot be read: EACCES/);
    await chmod(shop.folder, 0o500);
    const made = await shop.run(['protect', 'www', '--data', shop.at('new')]);
    await chmod(shop.folder, 0o700);
    assert.match(made.stderr, /the folder .*new cannot be used: EACCES/);
  });
});
