import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { content, Served } from '../testing/served.ts';
import { addUser } from '../users/user-file.ts';

const KILOBYTE = 1000;
const alice = ['alice', 'alices-password'] as const;
const bob = ['bob', 'bobs-password'] as const;

async function servedWithUsers(options: { repositoryQuota?: number; userQuota?: number }): Promise<Served> {
  const root = await Served.folder();
  const users = join(root, '.htpasswd');
  await addUser(users, { name: 'alice', password: alice[1] });
  await addUser(users, { name: 'bob', password: bob[1], quota: 5 * KILOBYTE });
  const served = await Served.open({ users, ...options }, root);
  for (const as of [alice, bob]) {
    for (const name of ['one', 'two']) {
      assert.equal(await served.status('POST', `/${as[0]}/${name}/?create=true`, { as }), 200);
    }
  }
  return served;
}

describe('quotas', () => {
  const put = (served: Served, repository: string, size: number, as?: readonly [string, string]) => {
    const { bytes, name } = content(size);
    const path = `/${repository}/data/${name}`;
    return { path, sent: served.send('POST', path, { body: bytes, ...(as === undefined ? {} : { as }) }) };
  };

  it('hold for all repositories of a user together, and for that user only', async () => {
    await using served = await servedWithUsers({ userQuota: 10 * KILOBYTE });
    assert.equal((await put(served, 'alice/one', 6 * KILOBYTE, alice).sent).status, 200);
    const refused = await put(served, 'alice/two', 4001, alice).sent;
    assert.equal(refused.status, 507);
    assert.match(refused.reason, /quota of user alice exceeded: 6000 of 10000 bytes/);
    assert.match(refused.body.toString(), /quota of user alice/);
    assert.equal((await put(served, 'alice/two', 4000, alice).sent).status, 200);
    assert.equal((await put(served, 'alice/two', 1, alice).sent).status, 507);
    assert.equal((await put(served, 'bob/one', 5001, bob).sent).status, 507, 'the own quota of bob');
    assert.equal((await put(served, 'bob/one', 5000, bob).sent).status, 200);
    assert.deepEqual(await readdir(join(served.root, 'alice/two/tmp')), []);
  });

  it('hold for each repository, are given back by deletion, and are right after a restart', async () => {
    await using served = await Served.open({ repositoryQuota: 10 * KILOBYTE });
    await served.send('POST', '/r/?create=true');
    const first = put(served, 'r', 6 * KILOBYTE);
    assert.equal((await first.sent).status, 200);
    assert.equal((await put(served, 'r', 5 * KILOBYTE).sent).status, 507);
    await served.stop();
    await served.start({ repositoryQuota: 10 * KILOBYTE });
    assert.equal((await put(served, 'r', 5 * KILOBYTE).sent).status, 507);
    assert.equal(await served.status('DELETE', first.path), 200);
    assert.equal((await put(served, 'r', 5 * KILOBYTE).sent).status, 200);
    assert.equal((await put(served, 'r', 5 * KILOBYTE).sent).status, 200);
    assert.equal((await put(served, 'r', 1).sent).status, 507);
  });

  it('are not got round by many uploads at once, nor by a body whose length is not told', async () => {
    await using served = await Served.open({ repositoryQuota: 10 * KILOBYTE });
    await served.send('POST', '/r/?create=true');
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await put(served, 'r', KILOBYTE).sent).status),
    );
    assert.equal(statuses.filter((status) => status === 200).length, 10);
    const { bytes, name } = content(500_000);
    const chunked = { body: bytes, headers: { 'transfer-encoding': 'chunked' } };
    assert.equal(await served.status('POST', `/r/data/${name}`, chunked), 507);
    assert.equal((await readdir(join(served.root, 'r/tmp'))).length, 0);
  });

  it('hinder neither locks nor index files, which forget and prune write before they make room', async () => {
    await using served = await Served.open({ repositoryQuota: 10 * KILOBYTE });
    await served.send('POST', '/r/?create=true');
    const pack = put(served, 'r', 10 * KILOBYTE);
    assert.equal((await pack.sent).status, 200);
    const send = (folder: string, size: number) => {
      const { bytes, name } = content(size);
      return served.status('POST', `/r/${folder}/${name}`, { body: bytes });
    };
    assert.equal(await send('locks', 200), 200);
    assert.equal(await send('index', 3 * KILOBYTE), 200);
    for (const folder of ['data', 'snapshots', 'keys']) assert.equal(await send(folder, 1), 507, folder);
    assert.equal(await served.status('DELETE', pack.path), 200);
    assert.equal(await send('data', 6 * KILOBYTE), 200, 'and they count when they are there');
    assert.equal(await send('data', KILOBYTE), 507);
  });

  it('leave no room without end for what is called a lock or an index file', async () => {
    await using served = await Served.open({ repositoryQuota: 10 * KILOBYTE });
    await served.send('POST', '/r/?create=true');
    const send = (folder: string) => {
      const { bytes, name } = content(6_000_000);
      return served.status('POST', `/r/${folder}/${name}`, { body: bytes });
    };
    const folders = ['index', 'locks', 'index', 'locks'];
    const statuses = [];
    for (const folder of folders) statuses.push(await send(folder));
    assert.deepEqual(statuses, [200, 200, 507, 507]);
  });

  it('an upload that failed takes nothing of them', async () => {
    await using served = await Served.open({ repositoryQuota: 10 * KILOBYTE });
    await served.send('POST', '/r/?create=true');
    for (let turn = 0; turn < 5; turn++) {
      const { name } = content(1);
      assert.equal(await served.status('POST', `/r/data/${name}`, { body: Buffer.alloc(9000) }), 400);
    }
    assert.equal((await put(served, 'r', 10 * KILOBYTE).sent).status, 200);
  });
});

describe('a disk without room', () => {
  it('is told before it is full, and leaves no half file', async (test) => {
    const root = await Served.folder();
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', root]);
    if (mount.status !== 0) {
      await rm(root, { recursive: true });
      return test.skip(
        `cannot mount a small disk: ${mount.error?.message ?? mount.stderr.toString().trim()}`,
      );
    }
    try {
      const served = await Served.open({ keepFree: 4_000_000 }, root);
      await served.send('POST', '/r/?create=true');
      const { bytes, name } = content(6_000_000);
      const early = await served.send('POST', `/r/data/${name}`, { body: bytes });
      assert.deepEqual([early.status, early.reason], [507, 'the disk of the server is full']);
      await writeFile(join(root, 'filler'), Buffer.alloc(5_000_000));
      const [lock, pack] = [content(200), content(300)];
      assert.equal(await served.status('POST', `/r/locks/${lock.name}`, { body: lock.bytes }), 200);
      assert.equal(await served.status('POST', `/r/data/${pack.name}`, { body: pack.bytes }), 507);
      await rm(join(root, 'filler'));
      await served.stop();
      await served.start({ keepFree: 0 });
      const kept = content(1_000_000);
      assert.equal(await served.status('POST', `/r/data/${kept.name}`, { body: kept.bytes }), 200);
      // Somebody else fills the disk while an upload is on its way.
      await writeFile(join(root, 'filler'), Buffer.alloc(6_000_000));
      const chunked = { body: bytes, headers: { 'transfer-encoding': 'chunked' } };
      assert.equal(await served.status('POST', `/r/data/${name}`, chunked), 507);
      assert.deepEqual(await readdir(join(root, 'r/tmp')), []);
      assert.deepEqual(JSON.parse((await served.send('GET', '/r/data/')).body.toString()), [kept.name]);
      await rm(join(root, 'filler'));
      assert.equal(await served.status('POST', `/r/data/${name}`, { body: bytes }), 200);
      await served.stop();
    } finally {
      spawnSync('umount', [root]);
      await rm(root, { recursive: true, force: true });
    }
  });
});
