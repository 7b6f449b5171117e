/** What the verbs do with a repository of which one small file is damaged. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { jsonLines, Workshop } from '../testing/octobox.ts';

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await chmod(path, 0o600);
  await writeFile(path, bytes);
}

describe('a repository with one damaged snapshot file', () => {
  let shop: Workshop;
  let bad = '';
  let good = '';
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('src'));
    await writeFile(shop.at('src/file'), 'content\n');
    const ids: string[] = [];
    for (const _ of [1, 2]) {
      const [summary] = jsonLines((await shop.onRepository(['backup', 'src', '--json'])).stdout).slice(-1);
      ids.push(String(summary?.snapshot_id));
    }
    [bad = '', good = ''] = ids;
    await flipBit(shop.at('repository/snapshots', bad));
  });
  after(() => shop[Symbol.asyncDispose]());

  it('lists the others, names the damaged one, and ends with 1', async () => {
    const { code, stdout, stderr } = await shop.onRepository(['snapshots']);
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`^${good.slice(0, 8)} `, 'm'));
    assert.match(stdout, /1 snapshot$/m);
    assert.match(stderr, new RegExp(`snapshots/${bad} is damaged`));
    assert.match(stderr, /from a copy of the repository/);
  });

  it('has the array of the others as JSON, and the damage on standard error', async () => {
    for (const more of [[], ['--group-by', 'host']]) {
      const { code, stdout, stderr } = await shop.onRepository(['snapshots', '--json', ...more]);
      assert.equal(code, 1);
      assert.match(JSON.stringify(JSON.parse(stdout)), new RegExp(`"id":"${good}"`));
      const [item, exit] = jsonLines(stderr);
      assert.equal(item?.message_type, 'error');
      assert.equal(item?.item, `snapshots/${bad}`);
      assert.equal(exit?.message_type, 'exit_error');
      assert.equal(exit?.code, 1);
    }
  });

  it('shows, dumps and restores a snapshot that is named', async () => {
    const file = shop.at('src/file');
    const ways: string[][] = [
      ['ls', good],
      ['dump', good.slice(0, 12), '/src/file'],
      ['restore', good, '--target', shop.at('back')],
      ['snapshots', good],
    ];
    for (const args of ways) {
      const { code, stderr } = await shop.onRepository(args);
      assert.equal(code, 0, `${args[0]}: ${stderr}`);
    }
    assert.equal(await readFile(shop.at('back/src/file'), 'utf8'), await readFile(file, 'utf8'));
  });

  it('takes a backup that is whole, and warns', async () => {
    const { code, stdout, stderr } = await shop.onRepository(['backup', 'src']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /snapshot [0-9a-f]{8} saved/);
    assert.match(stderr, new RegExp(`warning: snapshots/${bad} is damaged.*passed over when looking`));

    const asJson = await shop.onRepository(['backup', 'src', '--json']);
    assert.equal(asJson.code, 0);
    const [warning, ...more] = jsonLines(asJson.stderr);
    assert.deepEqual(more, []);
    assert.equal(warning?.message_type, 'warning');
    assert.equal(warning?.item, `snapshots/${bad}`);
    assert.match(String(warning?.message), /passed over/);

    const stream = await shop.onRepository(['backup', '--stdin'], { input: 'x' });
    assert.equal(stream.code, 0);
    assert.match(stream.stderr, /passed over/);
  });

  it('does not guess what latest or the keep rules mean: it says what is damaged and how to go on', async () => {
    const before = (await readdir(shop.at('repository/snapshots'))).length;
    for (const args of [
      ['ls', 'latest'],
      ['dump', 'latest', '/src/file'],
      ['restore', 'latest', '--target', shop.at('no')],
      ['forget', '--keep-last', '1'],
      ['prune'],
    ]) {
      const { code, stdout, stderr } = await shop.onRepository(args);
      assert.equal(code, 1, args.join(' '));
      assert.equal(stdout, '');
      for (const part of [`snapshots/${bad} is damaged`, '`octobox snapshots`', 'by their ids', 'delete']) {
        assert.ok(stderr.includes(part), `${args[0]}: ${stderr}`);
      }
    }
    assert.equal((await readdir(shop.at('repository/snapshots'))).length, before);
  });
});
