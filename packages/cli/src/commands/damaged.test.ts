/** What the verbs do with a repository of which one small file is damaged. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Repository } from '@octobox/repository';
import { TEST_PASSWORD } from '@octobox/repository/testing';
import { LocalStorage } from '@octobox/storage';
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
    assert.ok(stderr.includes(`octobox repair snapshots --forget ${bad.slice(0, 8)}`), stderr);
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

describe('a repository that lost its index of data', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('src'));
    for (let at = 0; at < 60; at++) await writeFile(shop.at('src', `file-${at}`), `content ${at}`);
    await shop.onRepository(['backup', 'src']);
    // The index of trees alone, as if it had been another file.
    const repository = await Repository.open(new LocalStorage(shop.repository), { password: TEST_PASSWORD });
    const [index = ''] = (await repository.listFiles('index')).keys();
    const { packs } = JSON.parse((await repository.readUnpacked('index', index)).toString());
    const trees = packs.filter(({ blobs }: { blobs: { type: string }[] }) => blobs[0]?.type === 'tree');
    await repository.writeUnpacked('index', Buffer.from(JSON.stringify({ packs: trees })));
    await repository.storage.remove({ kind: 'index', name: index });
    await repository.close();
  });
  after(() => shop[Symbol.asyncDispose]());

  it('is told in few lines, which end with the snapshots and paths that suffer', async () => {
    const { code, stdout } = await shop.onRepository(['check']);
    assert.equal(code, 1);
    assert.match(stdout, /the index of \d+ packs? is lost; (its|their) content is there/);
    assert.doesNotMatch(stdout, /prune removes/);
    const lines = stdout.trim().split('\n');
    assert.ok(lines.length < 30, stdout);
    assert.match(stdout, /50 more of "blob-missing" \(--json lists them\)/);
    const at = lines.findIndex((line) => /1 snapshot cannot be restored whole:/.test(line));
    assert.match(lines[at + 1] ?? '', /snapshot [0-9a-f]{8} of .* lacks \/src\/file-0, .* and 57 more/);
    const missing = jsonLines((await shop.onRepository(['check', '--json'])).stdout);
    assert.equal(missing.filter(({ code }) => code === 'blob-missing').length, 60);
    assert.equal(missing.at(-1)?.suggest_repair_index, true);
    assert.equal(missing.at(-1)?.suggest_prune, false);
  });
});

describe('a damaged file that keeps the repository from being opened', () => {
  it('comes with advice that needs no open repository', async () => {
    await using shop = await Workshop.withRepository();
    const [key = ''] = await readdir(shop.at('repository/keys'));
    for (const [file, advice] of [
      [`keys/${key}`, /password of another key, or restore keys\//],
      ['config', /Restore config from a copy/],
    ] as const) {
      const before = await readFile(shop.at('repository', file));
      await flipBit(shop.at('repository', file));
      for (const verb of ['snapshots', 'check']) {
        const { code, stderr } = await shop.onRepository([verb]);
        assert.equal(code, 1);
        assert.ok(stderr.includes(`${file} is damaged`), stderr);
        assert.match(stderr, advice);
        assert.doesNotMatch(stderr, /check/);
      }
      await writeFile(shop.at('repository', file), before);
    }
  });
});
