import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { restic } from '@octobox/repository/testing';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('octobox and restic on one repository', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('www/images'), { recursive: true });
    await writeFile(shop.at('www/index.html'), 'hello\n');
    await writeFile(shop.at('www/images/big.bin'), Buffer.alloc(3_000_000, 'abc'));
    await symlink('index.html', shop.at('www/start'));
    await chmod(shop.at('www/index.html'), 0o640);
  });
  after(() => shop[Symbol.asyncDispose]());

  const peer = (args: string[]) => restic(args, { repository: shop.repository });

  it('what octobox backs up, restic finds whole and restores', async () => {
    const backup = await shop.onRepository(['backup', 'www', '--tag', 'one,two', '--host', 'web1']);
    assert.equal(backup.code, 0, backup.stderr);
    assert.match(backup.stdout, /Files: +2 new/);
    assert.match(backup.stdout, /snapshot [0-9a-f]{8} saved/);
    assert.equal(backup.stderr, '');

    await peer(['check', '--read-data']);
    await peer(['restore', 'latest', '--target', shop.at('by-restic')]);
    assert.equal(await readFile(shop.at('by-restic/www/index.html'), 'utf8'), 'hello\n');
    assert.equal((await stat(shop.at('by-restic/www/index.html'))).mode & 0o777, 0o640);
    const [snapshot] = JSON.parse((await peer(['snapshots', '--json'])).stdout);
    assert.deepEqual(snapshot.tags, ['one', 'two']);
    assert.equal(snapshot.hostname, 'web1');
  });

  it('what restic backs up, octobox lists, shows, dumps and restores', async () => {
    await peer(['backup', shop.at('www'), '--tag', 'by-restic', '--host', 'web2']);
    const list = await shop.onRepository(['snapshots', '--tag', 'by-restic']);
    assert.match(list.stdout, /web2 +by-restic/);
    assert.match(list.stdout, /1 snapshot$/m);

    const names = await shop.onRepository(['ls', 'latest', '--host', 'web2']);
    assert.ok(names.stdout.split('\n').includes(shop.at('www/images/big.bin')));
    const dump = await shop.onRepository(['dump', 'latest', shop.at('www/index.html'), '--host', 'web2']);
    assert.equal(dump.stdout, 'hello\n');

    const target = shop.at('by-octobox');
    const restore = await shop.onRepository([
      ...['restore', `latest:${shop.at('www')}`, '--target', target, '--host', 'web2', '--verify'],
    ]);
    assert.equal(restore.code, 0, restore.stderr);
    assert.match(restore.stdout, /restored 2 files .*2 files read back and verified/);
    assert.deepEqual((await readdir(target)).sort(), ['images', 'index.html', 'start']);
  });

  it('JSON of snapshots, ls and backup has the field names of restic', async () => {
    const fields = (list: object[]): string[][] => list.map((one) => Object.keys(one).sort());
    const ours = JSON.parse((await shop.onRepository(['snapshots', '--json', '--tag', 'by-restic'])).stdout);
    const theirs = JSON.parse((await peer(['snapshots', '--json', '--tag', 'by-restic'])).stdout);
    assert.deepEqual(fields(ours), fields(theirs));
    assert.equal(ours[0].id, theirs[0].id);
    assert.equal(ours[0].time, theirs[0].time);

    const listed = jsonLines((await shop.onRepository(['ls', '--json', 'latest'])).stdout);
    const expected = jsonLines((await peer(['ls', '--json', 'latest'])).stdout);
    // Newer versions of restic add fields; what the older one says must be there and be the same.
    for (const [at, node] of expected.slice(1).entries()) {
      const own = listed[at + 1];
      for (const name of ['name', 'type', 'path', 'uid', 'gid', 'mode', 'size', 'permissions']) {
        if (node[name] !== undefined) assert.deepEqual(own?.[name], node[name], `${name} of ${node.path}`);
      }
    }
    const [summary] = jsonLines((await shop.onRepository(['backup', 'www', '--json'])).stdout).slice(-1);
    for (const name of [
      'files_new',
      'files_unmodified',
      'data_added',
      'total_files_processed',
      'snapshot_id',
    ]) {
      assert.ok(name in (summary ?? {}), name);
    }
  });

  it('forget by rules and prune leave a repository that restic finds whole', async () => {
    const plan = await shop.onRepository([
      'forget',
      '--keep-last',
      '1',
      '--group-by',
      '',
      '--dry-run',
      '--json',
    ]);
    const [group] = JSON.parse(plan.stdout);
    assert.equal(group.keep.length, 1);
    const before = JSON.parse((await peer(['snapshots', '--json'])).stdout).length;
    assert.equal(group.remove.length, before - 1);

    const forget = await shop.onRepository(['forget', '--keep-last', '1', '--group-by', '', '--prune']);
    assert.equal(forget.code, 0, forget.stderr);
    assert.equal(JSON.parse((await peer(['snapshots', '--json'])).stdout).length, 1);
    await peer(['check', '--read-data']);
    const again = await shop.onRepository(['prune']);
    assert.match(again.stdout, /nothing to do/);
  });

  it('a mistyped tag does not remove everything', async () => {
    const { code, stderr } = await shop.onRepository(['forget', '--keep-tag', 'mistyped']);
    assert.equal(code, 1);
    assert.match(stderr, /would remove every snapshot/);
    const none = await shop.onRepository(['forget']);
    assert.equal(none.code, 1);
    assert.equal(JSON.parse((await peer(['snapshots', '--json'])).stdout).length, 1);
  });
});
