/** Trees whose paths are longer than a system call takes. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { it } from 'node:test';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { Workshop } from '../testing/workshop.ts';
import { restoreSnapshot } from './restore.ts';

const times =
  '"mode":420,"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","uid":0,"gid":0';

it('restores, verifies and deletes below paths longer than PATH_MAX, and shows them in errors', async () => {
  await using workshop = await Workshop.open();
  const repository = await workshop.repository();
  const saver = repository.saver();
  const tree = async (node: string): Promise<string> =>
    (await saver.save('tree', Buffer.from(`{"nodes":[${node}]}\n`))).id.toString('hex');
  const { id: blob } = await saver.save('data', Buffer.from('deep'));
  const file = (name: string): string =>
    `{"name":"${name}","type":"file",${times},"size":4,"content":["${blob.toString('hex')}"]}`;
  const link = `{"name":"link","type":"symlink",${times},"linktarget":"file","content":null}`;
  const name = 'long'.repeat(50);
  let root = await tree(`${file('file')},${link},${file('x'.repeat(300))}`);
  for (let depth = 0; depth < 100; depth++) {
    root = await tree(`{"name":"${name}","type":"dir",${times},"content":null,"subtree":"${root}"}`);
  }
  const empty = (await saver.save('tree', Buffer.from('{"nodes":[]}\n'))).id.toString('hex');
  await saver.finish();
  const target = workshop.path('target');
  mkdirSync(target);
  const restore = async (tree: string, more: object): ReturnType<typeof restoreSnapshot> => {
    const content = {
      tree,
      paths: ['/x'],
      hostname: 'h',
      username: '',
      uid: 0,
      gid: 0,
      tags: [],
      excludes: [],
    };
    const json = encodeSnapshot({ ...content, time: '2026-01-01T00:00:00Z' });
    const snapshot = await repository.readSnapshot(await repository.writeUnpacked('snapshot', json));
    return await restoreSnapshot(repository, snapshot, { target, noLock: true, ...more });
  };

  const { errors, ...first } = await restore(root, { verify: true });
  assert.deepEqual(
    { restored: first.filesRestored, verified: first.verified, others: first.others, folders: first.folders },
    { restored: 1, verified: 1, others: 1, folders: 100 },
  );
  assert.equal(errors.length, 1);
  assert.match(errors[0]?.message ?? '', /ENAMETOOLONG/);
  assert.ok(errors[0]?.message.includes(`${target}/${name}/${name}`), 'the path as people know it');

  const second = await restore(empty, { delete: true });
  assert.equal(second.errorCount, 0);
  assert.equal(second.deleted, 102);
  assert.deepEqual(readdirSync(target), []);
});
