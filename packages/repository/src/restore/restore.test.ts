import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { backupFiles } from '../backup/files.ts';
import { DamagedFileError } from '../errors.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { makeFixtureTree } from '../testing/fixture-tree.ts';
import { describeTree, treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { restoreSnapshot } from './restore.ts';
import { InvalidRestoreOptionsError, NotAFolderError } from './restore-errors.ts';
import type { RestoredItem, RestoreOptions, RestoreResult } from './restore-types.ts';
import { ConflictingPatternsError } from './selection.ts';

let workshop: Workshop;
let target: string;
beforeEach(async () => {
  workshop = await Workshop.open();
  target = workshop.path('target');
});
afterEach(() => workshop[Symbol.asyncDispose]());

const restore = (
  repository: Repository,
  snapshot: Snapshot,
  options: Partial<RestoreOptions> = {},
): Promise<RestoreResult> =>
  restoreSnapshot(repository, snapshot, { target, noLock: true, workers: 0, ...options });

/** What restic 0.14 can keep; newer ones, and we, keep all. */
const asResticKnows = { rawLinkTargets: false, linkAttributes: false };

/** The target folder itself has no node. */
const differences = (left: string, right: string): string[] =>
  treeDifferences(left, right).filter((line) => !line.startsWith(':'));
const pathsIn = (folder: string): string[] =>
  [...describeTree(folder).keys()].filter((path) => path !== '').sort();
const read = (...names: string[]): string => readFileSync(join(target, ...names), 'utf8');

async function smallBackup(): Promise<{ repository: Repository; snapshot: Snapshot }> {
  workshop.write('docs/letter.txt', 'Dear friend');
  workshop.write('docs/old/note.txt', 'remember');
  workshop.write('media/film', 2_500_000);
  workshop.write('empty', '');
  const snapshot = await workshop.backup();
  return { repository: await workshop.repository(), snapshot };
}

describe('a whole snapshot', () => {
  for (const workers of [0, 2]) {
    it(`that restic wrote comes back with all contents and metadata, ${workers} threads`, async () => {
      makeFixtureTree(workshop.source, asResticKnows);
      const snapshot = await workshop.backup();
      const result = await restore(await workshop.repository(), snapshot, { workers, verify: true });
      assert.deepEqual([result.errors, result.warnings], [[], []]);
      assert.deepEqual(differences(workshop.source, target), []);
      assert.equal(result.verified, result.filesRestored);
    });
  }

  it('of our own comes back with all contents and metadata', async () => {
    makeFixtureTree(workshop.source);
    const repository = await workshop.repository();
    const { snapshot } = await backupFiles(repository, { paths: [workshop.source], host: 'test' });
    assert.ok(snapshot);
    const result = await restore(repository, snapshot, { folder: workshop.source });
    assert.deepEqual([result.errors, result.warnings], [[], []]);
    assert.deepEqual(differences(workshop.source, target), []);
  });

  it('counts what it does, and reports every entry', async () => {
    const { repository, snapshot } = await smallBackup();
    const items: RestoredItem[] = [];
    let bytes = 0;
    const result = await restore(repository, snapshot, {
      onItem: (item) => items.push(item),
      onProgress: ({ bytesDone }) => {
        assert.ok(bytesDone >= bytes);
        bytes = bytesDone;
      },
    });
    assert.equal(result.filesRestored, 4);
    assert.equal(result.folders, 3);
    assert.equal(result.bytesRestored, 2_500_019);
    assert.equal(bytes, 2_500_019);
    assert.equal(items.length, 7);
    assert.deepEqual(
      items.find(({ path }) => path === '/media/film'),
      { path: '/media/film', action: 'restored', size: 2_500_000 },
    );
  });

  it('takes a shared lock, and gives it back', async () => {
    const { repository, snapshot } = await smallBackup();
    let locks = 0;
    await restore(repository, snapshot, {
      noLock: false,
      onItem: () => {
        locks = readdirSync(join(workshop.repositoryFolder, 'locks')).length;
      },
    });
    assert.equal(locks, 1);
    assert.deepEqual(readdirSync(join(workshop.repositoryFolder, 'locks')), []);
  });

  it('leaves holes for zeros when told to', async () => {
    const content = Buffer.alloc(6_000_000);
    content.write('in the middle', 3_000_000);
    mkdirSync(workshop.source, { recursive: true });
    writeFileSync(join(workshop.source, 'disk'), content);
    writeFileSync(join(workshop.source, 'zeros'), Buffer.alloc(50_000));
    const snapshot = await workshop.backup();
    const repository = await workshop.repository();
    const result = await restore(repository, snapshot, { sparse: true, verify: true });
    assert.equal(result.verified, 2);
    assert.deepEqual(differences(workshop.source, target), []);
    assert.ok(statSync(join(target, 'disk')).blocks * 512 < 100_000);
    assert.equal(statSync(join(target, 'zeros')).blocks, 0);

    // Over old content the holes must be holes as well.
    writeFileSync(join(target, 'zeros'), 'x'.repeat(60_000));
    await restore(repository, snapshot, { sparse: true });
    assert.deepEqual(differences(workshop.source, target), []);
  });
});

describe('a part of a snapshot', () => {
  it('is chosen by patterns as restic chooses it', async () => {
    makeFixtureTree(workshop.source, asResticKnows);
    const snapshot = await workshop.backup();
    const repository = await workshop.repository();
    const cases: readonly (readonly [string[], Partial<RestoreOptions>])[] = [
      [['--include', '/contents'], { include: ['/contents'] }],
      [['--include', '*o*', '--include', '/links/**'], { include: ['*o*', '/links/**'] }],
      [['--iinclude', '/CONTENTS/no*'], { iinclude: ['/CONTENTS/no*'] }],
      [['--exclude', 'contents'], { exclude: ['contents'] }],
      [['--exclude', '/*/*', '--exclude', '!/links/*'], { exclude: ['/*/*', '!/links/*'] }],
      [['--iexclude', 'N*'], { iexclude: ['N*'] }],
    ];
    for (const [args, options] of cases) {
      const theirs = workshop.path('theirs');
      await workshop.restic(['restore', snapshot.id, '--target', theirs, ...args]);
      mkdirSync(target);
      const result = await restore(repository, snapshot, options);
      assert.deepEqual(result.errors, []);
      assert.deepEqual(pathsIn(target), pathsIn(theirs), args.join(' '));
      for (const folder of [theirs, target]) rmSync(folder, { recursive: true });
    }
  });

  it('can be a folder, whose content comes right into the target', async () => {
    const { repository, snapshot } = await smallBackup();
    await restore(repository, snapshot, { folder: '/docs' });
    assert.deepEqual(pathsIn(target), ['letter.txt', 'old', 'old/note.txt']);
    await assert.rejects(restore(repository, snapshot, { folder: '/empty' }), NotAFolderError);
  });

  it('says so when the target, or what leads to it, is a file', async () => {
    const { repository, snapshot } = await smallBackup();
    writeFileSync(target, 'mine');
    for (const place of [target, join(target, 'deeper')]) {
      await assert.rejects(restore(repository, snapshot, { target: place }), InvalidRestoreOptionsError);
    }
    assert.equal(readFileSync(target, 'utf8'), 'mine');
  });

  it('brings the metadata of the folders that lead to it', async () => {
    const { repository, snapshot } = await smallBackup();
    await restore(repository, snapshot, { include: ['/docs/old/note.txt'] });
    assert.deepEqual(pathsIn(target), ['docs', 'docs/old', 'docs/old/note.txt']);
    const [ours, theirs] = [describeTree(target), describeTree(workshop.source)];
    for (const path of ['docs', 'docs/old', 'docs/old/note.txt']) {
      assert.deepEqual(ours.get(path), theirs.get(path));
    }
  });

  it('leaves the folders that lead to it as they are, when asked to', async () => {
    const { repository, snapshot } = await smallBackup();
    mkdirSync(join(target, 'docs'), { recursive: true, mode: 0o711 });
    await restore(repository, snapshot, { include: ['/docs/old'], spareFoldersAbove: true });
    assert.equal(statSync(join(target, 'docs')).mode & 0o777, 0o711);
    // What was missing, and what was asked for, comes as the snapshot has it.
    const [ours, theirs] = [describeTree(target), describeTree(workshop.source)];
    assert.deepEqual(ours.get('docs/old'), theirs.get('docs/old'));
    assert.deepEqual(ours.get('docs/old/note.txt'), theirs.get('docs/old/note.txt'));
  });

  it('cannot be chosen by includes and excludes together', async () => {
    const { repository, snapshot } = await smallBackup();
    await assert.rejects(
      restore(repository, snapshot, { include: ['a'], exclude: ['b'] }),
      ConflictingPatternsError,
    );
  });
});

describe('what is in the target already', () => {
  const past = new Date('2001-01-01');
  const future = new Date('2040-01-01');

  it('is put right, and not written when it is right', async () => {
    const { repository, snapshot } = await smallBackup();
    await restore(repository, snapshot);
    const film = join(target, 'media/film');
    const inode = statSync(film).ino;
    const again = await restore(repository, snapshot);
    assert.equal(again.filesRestored, 0);
    assert.equal(again.filesUnchanged, 4);

    const bytes = readFileSync(film);
    bytes.write('damage', 1_500_000);
    writeFileSync(film, Buffer.concat([bytes, Buffer.from('and more')]));
    writeFileSync(join(target, 'empty'), 'not empty');
    const third = await restore(repository, snapshot);
    assert.equal(third.filesRestored, 2);
    assert.equal(statSync(film).ino, inode, 'what was right of it was kept');
    assert.deepEqual(differences(workshop.source, target), []);
  });

  it('if-changed: is believed when size and time are right', async () => {
    const { repository, snapshot } = await smallBackup();
    await restore(repository, snapshot);
    const path = join(target, 'docs/letter.txt');
    const { mtime } = statSync(path);
    writeFileSync(path, 'Dear enemy!');
    utimesSync(path, mtime, mtime);
    const other = join(target, 'docs/old/note.txt');
    writeFileSync(other, 'forgets ');
    await restore(repository, snapshot);
    assert.equal(read('docs/letter.txt'), 'Dear friend');
  });

  it('if-newer and never: is left alone', async () => {
    const { repository, snapshot } = await smallBackup();
    mkdirSync(join(target, 'docs'), { recursive: true });
    for (const [overwrite, time, expected] of [
      ['if-newer', future, 'mine'],
      ['if-newer', past, 'Dear friend'],
      ['never', past, 'mine'],
      ['always', future, 'Dear friend'],
    ] as const) {
      const path = join(target, 'docs/letter.txt');
      writeFileSync(path, 'mine');
      utimesSync(path, time, time);
      const result = await restore(repository, snapshot, { overwrite });
      assert.equal(read('docs/letter.txt'), expected, `${overwrite} ${time.getFullYear()}`);
      if (expected === 'mine') assert.ok(result.skipped >= 1);
    }
  });

  it('is deleted when the snapshot does not hold it and it is selected, on demand', async () => {
    const { repository, snapshot } = await smallBackup();
    await restore(repository, snapshot);
    writeFileSync(join(target, 'docs/extra.txt'), '');
    mkdirSync(join(target, 'junk/deep'), { recursive: true });
    writeFileSync(join(target, 'junk/deep/file'), '');
    await restore(repository, snapshot);
    assert.ok(existsSync(join(target, 'junk/deep/file')), 'not without being told');
    await restore(repository, snapshot, { delete: true, exclude: ['junk'] });
    assert.ok(existsSync(join(target, 'junk/deep/file')), 'not when it is excluded');
    assert.ok(!existsSync(join(target, 'docs/extra.txt')));
    const dry = await restore(repository, snapshot, { delete: true, dryRun: true });
    assert.equal(dry.deleted, 1);
    const result = await restore(repository, snapshot, { delete: true });
    assert.equal(result.deleted, 3);
    assert.deepEqual(differences(workshop.source, target), []);
  });

  it('a dry run changes nothing and says what would be done', async () => {
    const { repository, snapshot } = await smallBackup();
    const result = await restore(repository, snapshot, { dryRun: true });
    assert.equal(result.filesRestored, 4);
    assert.ok(!existsSync(target));
    await restore(repository, snapshot);
    writeFileSync(join(target, 'docs/letter.txt'), 'mine');
    const before = describeTree(target);
    const items: RestoredItem[] = [];
    await restore(repository, snapshot, { dryRun: true, onItem: (item) => items.push(item) });
    assert.deepEqual(describeTree(target), before);
    assert.deepEqual(
      items.filter(({ action }) => action === 'updated').map(({ path }) => path),
      ['/docs/letter.txt'],
    );
  });

  it('folders that cannot be written to are opened for the time of the restore', async () => {
    workshop.write('locked/file', 'content');
    chmodSync(join(workshop.source, 'locked/file'), 0o444);
    chmodSync(join(workshop.source, 'locked'), 0o555);
    const snapshot = await workshop.backup();
    const repository = await workshop.repository();
    for (let time = 0; time < 2; time++) {
      await restore(repository, snapshot);
      assert.deepEqual(differences(workshop.source, target), []);
      chmodSync(join(target, 'locked/file'), 0o600);
      writeFileSync(join(target, 'locked/file'), 'changed');
      chmodSync(join(target, 'locked/file'), 0o444);
    }
  });
});

describe('nothing is written outside the target', () => {
  let outside: string;
  beforeEach(() => {
    outside = workshop.path('outside');
    mkdirSync(join(outside, 'old'), { recursive: true });
    writeFileSync(join(outside, 'letter.txt'), 'precious');
  });
  const untouched = (): void => {
    assert.deepEqual(pathsIn(outside), ['letter.txt', 'old']);
    assert.equal(readFileSync(join(outside, 'letter.txt'), 'utf8'), 'precious');
  };

  it('through a symbolic link in the place of a folder', async () => {
    const { repository, snapshot } = await smallBackup();
    mkdirSync(target);
    symlinkSync(outside, join(target, 'docs'));
    for (const include of [undefined, ['/docs/old/note.txt']]) {
      await restore(repository, snapshot, { include });
      untouched();
      assert.ok(statSync(join(target, 'docs/old')).isDirectory());
    }
  });

  it('through a symbolic link or a hard link in the place of a file', async () => {
    const { repository, snapshot } = await smallBackup();
    mkdirSync(join(target, 'docs'), { recursive: true });
    symlinkSync(join(outside, 'letter.txt'), join(target, 'docs/letter.txt'));
    linkSync(join(outside, 'letter.txt'), join(target, 'empty'));
    await restore(repository, snapshot);
    untouched();
    assert.deepEqual(differences(workshop.source, target), []);
  });

  it('by deleting through a link', async () => {
    const { repository, snapshot } = await smallBackup();
    mkdirSync(target);
    symlinkSync(outside, join(target, 'unknown'));
    await restore(repository, snapshot, { delete: true });
    untouched();
    assert.ok(!existsSync(join(target, 'unknown')));
  });

  it('by names in the snapshot that lead there', async () => {
    const repository = await workshop.repository();
    const saver = repository.saver();
    const data = await saver.save('data', Buffer.from('evil'));
    const node = (name: string, fields: object): object => ({
      name,
      type: 'file',
      mode: 0o644,
      mtime: '2024-01-01T00:00:00Z',
      atime: '2024-01-01T00:00:00Z',
      ctime: '2024-01-01T00:00:00Z',
      uid: 0,
      gid: 0,
      size: 4,
      content: [data.id.toString('hex')],
      ...fields,
    });
    const save = async (nodes: object[]): Promise<string> =>
      (await saver.save('tree', Buffer.from(`${JSON.stringify({ nodes })}\n`))).id.toString('hex');
    const inner = await save([node('letter.txt', {})]);
    const names = ['', '.', '..', '../outside/letter.txt', '/etc/evil', 'a/b', 'nul\\x00byte'];
    const trees: string[] = [];
    for (const name of names) {
      trees.push(await save([node(name, {}), node('~good', {})]));
      trees.push(await save([node(name, { type: 'dir', content: null, subtree: inner }), node('~good', {})]));
    }
    await saver.finish();
    for (const tree of trees) {
      const snapshot = { ...(await anySnapshot(repository)), tree };
      const result = await restore(repository, snapshot, { delete: true });
      assert.equal(result.errorCount, 1);
      assert.match(result.errors[0]?.message ?? '', /invalid name/);
      assert.deepEqual(pathsIn(target), ['~good']);
      untouched();
      rmSync(target, { recursive: true });
    }
  });

  it('a link of the snapshot is restored as a link, and not followed by what comes after it', async () => {
    const repository = await workshop.repository();
    const saver = repository.saver();
    const data = await saver.save('data', Buffer.from('evil'));
    const common = {
      mode: 0o777,
      mtime: '2024-01-01T00:00:00Z',
      atime: '2024-01-01T00:00:00Z',
      ctime: '2024-01-01T00:00:00Z',
      uid: 0,
      gid: 0,
    };
    const file = { name: 'letter.txt', type: 'file', ...common, size: 4, content: [data.id.toString('hex')] };
    const inner = await saver.save('tree', Buffer.from(`${JSON.stringify({ nodes: [file] })}\n`));
    const folder = { name: 'docs', type: 'dir', ...common, content: null, subtree: inner.id.toString('hex') };
    const link = { name: 'docs', type: 'symlink', ...common, linktarget: outside, content: null };
    // Two nodes of one name: no sound tree holds them, so the second is not reached.
    const tree = await saver.save('tree', Buffer.from(`${JSON.stringify({ nodes: [link, folder] })}\n`));
    await saver.finish();
    const result = await restore(repository, {
      ...(await anySnapshot(repository)),
      tree: tree.id.toString('hex'),
    });
    assert.equal(result.errorCount, 1);
    assert.equal(readlinkSync(join(target, 'docs')), outside);
    untouched();
  });

  it('a delete of everything in / is refused', async () => {
    const { repository, snapshot } = await smallBackup();
    await assert.rejects(
      restore(repository, snapshot, { target: '/', delete: true }),
      InvalidRestoreOptionsError,
    );
  });
});

async function anySnapshot(repository: Repository): Promise<Snapshot> {
  return {
    id: '00'.repeat(32),
    time: '2024-01-01T00:00:00Z',
    tree: '',
    paths: ['/'],
    hostname: repository.storage.location,
    username: '',
    uid: 0,
    gid: 0,
    tags: [],
    excludes: [],
  };
}

describe('damage', () => {
  const packs = (): string[] =>
    readdirSync(join(workshop.repositoryFolder, 'data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.length > 64)
      .map((name) => join(workshop.repositoryFolder, 'data', name))
      .sort((a, b) => statSync(b).size - statSync(a).size);

  it('of a blob names the file, the blob and the pack, and costs that file only', async () => {
    const { repository, snapshot } = await smallBackup();
    const [path = ''] = packs();
    const bytes = readFileSync(path);
    bytes[300_000] = (bytes[300_000] ?? 0) ^ 1;
    chmodSync(path, 0o600);
    writeFileSync(path, bytes);
    for (const workers of [0, 1]) {
      const result = await restore(repository, snapshot, { workers });
      assert.deepEqual(
        result.errors.map((error) => error.path),
        ['/media/film'],
      );
      const [{ error, message } = { error: undefined, message: '' }] = result.errors;
      assert.ok(error instanceof DamagedFileError);
      assert.ok(path.endsWith(error.file.name));
      assert.match(message, /data blob [0-9a-f]{64}/);
      assert.equal(read('docs/letter.txt'), 'Dear friend');
      assert.ok(
        statSync(join(target, 'media/film')).mtimeMs > Date.now() - 600_000,
        'it is seen to be incomplete',
      );
    }
  });

  it('of a pack that is cut off or missing costs the files in it', async () => {
    const { repository, snapshot } = await smallBackup();
    const [path = ''] = packs();
    chmodSync(path, 0o600);
    truncateSync(path, 200_000);
    const cutOff = await restore(repository, snapshot);
    assert.ok(cutOff.errors.some((error) => error.path === '/media/film'));
    assert.ok(cutOff.filesRestored + cutOff.errorCount === 4);
    rmSync(path);
    rmSync(target, { recursive: true });
    const result = await restore(repository, snapshot);
    assert.ok(result.errors.some((error) => error.path === '/media/film'));
    for (const { error } of result.errors) assert.ok(error instanceof DamagedFileError);
  });

  it('is made up for by another copy of the blob', async () => {
    const { repository, snapshot } = await smallBackup();
    const table = repository.index;
    const { sealBlob } = await import('../format/blob.ts');
    const saver = repository.saver();
    const known = table.entryCount;
    for (let entry = 0; entry < known; entry++) {
      const [type, id] = [table.typeAt(entry), table.idAt(entry)];
      const blob = sealBlob(repository.keys, type, await repository.loadBlob(type, id));
      await saver.saveSealed(type, id, blob.sealed, blob.uncompressedLength);
    }
    const first = packs();
    await saver.finish();
    for (const path of first) rmSync(path);
    const result = await restore(repository, snapshot, { verify: true });
    assert.deepEqual(result.errors, []);
    assert.deepEqual(differences(workshop.source, target), []);
  });
});

describe('a restore that was interrupted', () => {
  it('is finished by the next one', async () => {
    for (let number = 0; number < 60; number++) workshop.write(`files/file${number}`, 300_000);
    const snapshot = await workshop.backup();
    const repository = await workshop.repository();
    const controller = new AbortController();
    await assert.rejects(
      restore(repository, snapshot, {
        signal: controller.signal,
        onProgress: ({ bytesDone }) => {
          if (bytesDone > 2_000_000) controller.abort(new Error('enough'));
        },
      }),
      /enough/,
    );
    assert.notDeepEqual(differences(workshop.source, target), []);
    const result = await restore(repository, snapshot);
    assert.ok(result.filesRestored > 0);
    assert.deepEqual(differences(workshop.source, target), []);
  });
});
