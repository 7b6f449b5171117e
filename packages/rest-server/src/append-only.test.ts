import assert from 'node:assert/strict';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestServerOptions } from './start-rest-server.ts';
import { content, Served } from './testing/served.ts';
import { bringBack, listTrash } from './trash.ts';

const FOLDERS = ['data', 'keys', 'locks', 'snapshots', 'index'] as const;

async function servedRepository(
  options: Partial<RestServerOptions>,
): Promise<{ served: Served; paths: Record<(typeof FOLDERS)[number], string>; bytes: Buffer; name: string }> {
  const served = await Served.open({ appendOnly: true, ...options });
  await served.send('POST', '/r/?create=true');
  await served.send('POST', '/r/config', { body: Buffer.from('config') });
  const { bytes, name } = content(1000);
  const paths = Object.fromEntries(FOLDERS.map((folder) => [folder, `/r/${folder}/${name}`]));
  for (const path of Object.values(paths)) {
    assert.equal(await served.status('POST', path, { body: bytes }), 200);
  }
  return { served, paths: paths as Record<(typeof FOLDERS)[number], string>, bytes, name };
}

describe('an append-only server', () => {
  it('lets clients delete locks and nothing else', async () => {
    const { served, paths } = await servedRepository({});
    await using _ = served;
    for (const path of ['/r/config', paths.data, paths.keys, paths.snapshots, paths.index]) {
      const { status, reason } = await served.send('DELETE', path);
      assert.deepEqual([status, /append-only/.test(reason)], [403, true], path);
      assert.equal(await served.status('HEAD', path), 200);
    }
    assert.equal(await served.status('DELETE', '/r/'), 403);
    assert.equal(await served.status('POST', '/r/config', { body: Buffer.from('new') }), 409);
    assert.equal(await served.status('DELETE', paths.locks), 200);
    assert.equal(await served.status('HEAD', paths.locks), 404);
  });

  it('with delayed deletion keeps for a time what clients delete, and brings it back', async () => {
    const { served, paths, bytes, name } = await servedRepository({ delayedDeletionMs: 3_600_000 });
    await using _ = served;
    const folder = join(served.root, 'r');
    for (const path of ['/r/config', paths.keys]) assert.equal(await served.status('DELETE', path), 403);
    for (const path of [paths.data, paths.snapshots, paths.index]) {
      assert.equal(await served.status('DELETE', path), 200);
      assert.equal(await served.status('GET', path), 404);
      assert.equal(await served.status('DELETE', path), 404);
    }
    assert.equal(await served.status('DELETE', paths.locks), 200);
    const deleted = await Array.fromAsync(listTrash(folder));
    assert.deepEqual(
      deleted.map(({ file, size }) => [file.kind, file.name, size]),
      ['data', 'index', 'snapshot'].map((kind) => [kind, name, 1000]),
    );
    for (const one of deleted) assert.equal(await bringBack(folder, one), true);
    for (const path of [paths.data, paths.snapshots, paths.index]) {
      assert.ok((await served.send('GET', path)).body.equals(bytes));
    }
    assert.deepEqual(await Array.fromAsync(listTrash(folder)), []);
  });

  it('does not replace a newer file by a deleted one', async () => {
    const { served, paths, bytes } = await servedRepository({ delayedDeletionMs: 3_600_000 });
    await using _ = served;
    await served.send('DELETE', paths.data);
    await served.send('POST', paths.data, { body: bytes });
    const [deleted] = await Array.fromAsync(listTrash(join(served.root, 'r')));
    assert.ok(deleted !== undefined);
    assert.equal(await bringBack(join(served.root, 'r'), deleted), false);
    assert.equal((await Array.fromAsync(listTrash(join(served.root, 'r')))).length, 1);
  });

  it('counts deleted files for the quota until they are gone for good', async () => {
    const options = { delayedDeletionMs: 3_600_000, repositoryQuota: 6000 };
    const { served, paths, name } = await servedRepository(options);
    await using _ = served;
    await served.send('DELETE', paths.data);
    const next = content(1500);
    const post = () => served.status('POST', `/r/data/${next.name}`, { body: next.bytes });
    assert.equal(await post(), 507);
    await served.stop();
    // Its time is over two hours ago.
    const trash = join(served.root, 'r/trash/data');
    const [entry = ''] = await readdir(trash);
    await rename(join(trash, entry), join(trash, `${name}~${Date.now() - 7_200_000}`));
    await served.start({ appendOnly: true, ...options });
    for (let turn = 0; (await readdir(trash)).length > 0; turn++) {
      assert.ok(turn < 1200, 'the trash was not emptied');
      await sleep(50);
    }
    assert.equal(await post(), 200);
  });

  it('is what delayed deletion needs', async () => {
    await assert.rejects(Served.open({ delayedDeletionMs: 1000 }), { code: 'rest-server.unsafe' });
  });
});
