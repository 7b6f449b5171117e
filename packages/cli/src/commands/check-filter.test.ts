import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('octobox check of some snapshots', () => {
  let shop: Workshop;
  let packs: Set<string>;
  const packsNow = async (): Promise<string[]> =>
    (await readdir(shop.at('repository/data'), { recursive: true })).filter((name) => name.length > 60);
  const check = (...args: string[]) => shop.onRepository(['check', '--read-data', ...args]);
  const proved = async (): Promise<number> => {
    const folder = shop.at('home/.local/state/octobox/verified');
    const [name] = await readdir(folder).catch(() => []);
    return name === undefined
      ? 0
      : Object.keys(JSON.parse(await readFile(join(folder, name), 'utf8')).trees).length;
  };

  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('a'));
    await mkdir(shop.at('b'));
    await writeFile(shop.at('a/file'), randomBytes(50_000));
    await writeFile(shop.at('b/file'), randomBytes(50_000));
    await shop.onRepository(['backup', 'a', '--host', 'ada', '--tag', 'x']);
    const first = new Set(await packsNow());
    await shop.onRepository(['backup', 'b', '--host', 'bob']);
    packs = new Set((await packsNow()).filter((name) => !first.has(name)));
  });
  after(() => shop[Symbol.asyncDispose]());

  it('reads only what they need, and takes only them for proved', async () => {
    const { code, stdout } = await check('--host', 'ada', '--json');
    const summary = jsonLines(stdout).at(-1);
    assert.equal(code, 0);
    assert.deepEqual([summary?.snapshots, summary?.snapshots_left_out], [1, 1]);
    assert.equal(summary?.packs_read, (await packsNow()).length - packs.size);
    assert.equal(await proved(), 1);
    assert.match((await check('--tag', 'x')).stdout, /checked 1 snapshot \(1 left out\)/);
  });

  it('is no proof when nothing has such a host, and cannot tell what is unused', async () => {
    const { code, stderr } = await check('--host', 'nobody');
    assert.equal(code, 1);
    assert.match(stderr, /none was checked/);
    assert.equal((await check('--host', 'ada', '--check-unused')).code, 1);
    assert.equal((await check('--path', shop.at('nowhere'))).code, 1);
    assert.equal(jsonLines((await check('--host', '', '--json')).stdout).at(-1)?.snapshots, 2);
  });

  it('refuses to read all and a part at once, and never says that data was left unread when all was asked for', async () => {
    const { code, stderr } = await check('--read-data-subset', '5%');
    assert.equal(code, 1);
    assert.match(stderr, /--read-data.*--read-data-subset/);
    await using empty = await Workshop.withRepository();
    const { stdout } = await empty.call(['check', '--read-data']);
    assert.match(stdout, /there is no data to read/);
    assert.match((await empty.call(['check'])).stdout, /--read-data reads it too/);
  });

  it('finds damage of those that are meant', async () => {
    for (const pack of packs) {
      const bytes = await readFile(shop.at('repository/data', pack));
      if (bytes.length < 50_000) continue;
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      await chmod(shop.at('repository/data', pack), 0o600);
      await writeFile(shop.at('repository/data', pack), bytes);
    }
    assert.equal((await check('--host', 'ada')).code, 0);
    const { code, stdout } = await check('--path', shop.at('b'));
    assert.equal(code, 1);
    assert.match(stdout, /lacks .*\/b\/file/);
    assert.equal((await check()).code, 1);
  });
});
