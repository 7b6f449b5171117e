import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { backupFiles } from '../backup/files.ts';
import { libc } from '../filesystem/libc.ts';
import type { Node } from '../format/trees/node.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { createTestRepository } from '../testing/repository.ts';
import { restoreSnapshot } from './restore.ts';
import { InvalidRestoreOptionsError } from './restore-errors.ts';
import { selectAttributes } from './target/attribute-selection.ts';
import { ownerByName } from './target/owner-names.ts';

describe('which metadata a restore takes', () => {
  it('extended attributes are chosen by patterns of one kind', () => {
    const name = Buffer.from('user.secret');
    assert.equal(selectAttributes()(name), true);
    assert.equal(selectAttributes([], ['user.*'])(name), false);
    assert.equal(selectAttributes(['user.*'])(name), true);
    assert.equal(selectAttributes(['trusted.*'])(name), false);
    assert.throws(() => selectAttributes(['a'], ['b']), InvalidRestoreOptionsError);
  });

  it('owners have the numbers of their names here, and keep their own when the name is unknown', () => {
    const owner = ownerByName();
    const node = { uid: 4242, gid: 4343 } as Node;
    assert.deepEqual(owner({ ...node, user: 'root', group: 'root' }), { uid: 0, gid: 0 });
    assert.deepEqual(owner({ ...node, user: 'nobody-of-that-name', group: '0' }), { uid: 4242, gid: 4343 });
    assert.deepEqual(owner({ ...node, user: '--help' }), { uid: 4242, gid: 4343 });
  });

  it('attributes that are left out are not on the restored file', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-attributes-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    const system = libc();
    try {
      system?.setAttribute(Buffer.from(file), Buffer.from('user.kept'), Buffer.from('1'));
      system?.setAttribute(Buffer.from(file), Buffer.from('user.secret'), Buffer.from('2'));
    } catch {
      return t.skip('this file system has no extended attributes');
    }
    const { repository } = await createTestRepository();
    const { snapshot } = await backupFiles(repository, { paths: [file], host: 'here' });
    const target = join(folder, 'restored');
    await restoreSnapshot(repository, snapshot as Snapshot, {
      target,
      folder,
      excludeAttributes: ['user.sec*'],
    });
    const names = system?.listAttributes(Buffer.from(join(target, 'file'))).map(String);
    assert.deepEqual(names, ['user.kept']);
    await repository.close();
  });

  it('more folders than are held open keep their own modes and times, also over themselves', async (t) => {
    const base = await mkdtemp(join(tmpdir(), 'octobox-folders-'));
    t.after(() => rm(base, { recursive: true, force: true }));
    const source = join(base, 'source');
    const folders: string[] = [];
    for (let number = 0; number < 400; number++) {
      const inner = `${number}/inner`;
      await mkdir(join(source, inner), { recursive: true });
      // So much in all that threads write it: a folder is finished when many others were opened since.
      await writeFile(join(source, inner, 'file'), randomBytes(50_000));
      folders.push(inner, `${number}`);
    }
    for (const [number, folder] of folders.entries()) {
      await chmod(join(source, folder), 0o700 | (number % 0o100));
      await utimes(join(source, folder), number, number);
    }
    const { repository } = await createTestRepository();
    const { snapshot } = await backupFiles(repository, { paths: [source], host: 'here' });
    const target = join(base, 'target');
    for (let time = 0; time < 2; time++) {
      await restoreSnapshot(repository, snapshot as Snapshot, { target, folder: source });
      for (const folder of folders) {
        const [one, other] = [await lstat(join(target, folder)), await lstat(join(source, folder))];
        assert.deepEqual([one.mode, one.mtimeMs], [other.mode, other.mtimeMs], folder);
      }
      for (const folder of folders) await chmod(join(target, folder), 0o777);
    }
    await repository.close();
  });

  it('new files take nothing from the folder that they are made in', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-inherited-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const source = join(folder, 'source');
    const target = join(folder, 'target');
    await mkdir(join(source, 'inner'), { recursive: true });
    await mkdir(target);
    const names = ['file', 'empty', 'inner/file', 'inner/empty'];
    for (const name of names) await writeFile(join(source, name), name.endsWith('file') ? name : '');
    const system = libc();
    try {
      // user::rwx, user:12345:rwx, group::rwx, mask::rwx, other::rwx
      const entries = [
        [1, -1],
        [2, 12345],
        [4, -1],
        [16, -1],
        [32, -1],
      ];
      const list = Buffer.alloc(4 + entries.length * 8);
      list.writeUInt32LE(2);
      for (const [number, [tag = 0, id = 0]] of entries.entries()) {
        list.writeUInt16LE(tag, 4 + number * 8);
        list.writeUInt16LE(7, 6 + number * 8);
        list.writeInt32LE(id, 8 + number * 8);
      }
      system?.setAttribute(Buffer.from(target), Buffer.from('system.posix_acl_default'), list);
      if (process.geteuid?.() === 0) await chown(target, 0, 12345);
      await chmod(target, 0o2775);
    } catch {
      return t.skip('this file system has no access lists');
    }
    const { repository } = await createTestRepository();
    const { snapshot } = await backupFiles(repository, { paths: [source], host: 'here' });
    await restoreSnapshot(repository, snapshot as Snapshot, { target, folder: source });
    for (const name of [...names, 'inner']) {
      const [was, is] = [await lstat(join(source, name)), await lstat(join(target, name))];
      assert.deepEqual([is.mode, is.uid, is.gid], [was.mode, was.uid, was.gid], name);
      assert.deepEqual(system?.listAttributes(Buffer.from(join(target, name))), [], name);
    }
    await repository.close();
  });
});
