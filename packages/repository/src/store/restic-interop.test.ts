/** One repository, two programs: the real restic and this engine take turns. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { LockedError, SnapshotAmbiguousError, SnapshotMissingError } from '../errors.ts';
import { encodeSnapshot, type SnapshotContent } from '../format/snapshot-file.ts';
import { acquireLock } from '../locks/lock.ts';
import { createTestRepository, TEST_PASSWORD, WEAK_KDF } from '../testing/repository.ts';
import { restic, resticBinary } from '../testing/restic.ts';
import { addKey } from './keys/keys.ts';
import { readBlobs, readPackHeader } from './packs/pack-reader.ts';
import { Repository } from './repository.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'octobox-interop-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const snapshotOf = (tree: Buffer, change: Partial<SnapshotContent> = {}): Buffer =>
  encodeSnapshot({
    time: '2026-01-02T03:04:05.123456789Z',
    tree: tree.toString('hex'),
    paths: ['/data'],
    hostname: 'host <a&b>',
    username: 'ümläut',
    uid: 0,
    gid: 7,
    tags: ['nightly'],
    excludes: [],
    programVersion: 'octobox 0.1.0',
    ...change,
  });

/** The JSON of a file's node, as small as restic accepts it. */
const fileNode = (name: string, size: number, content: readonly Buffer[]): string =>
  JSON.stringify({
    name,
    type: 'file',
    mode: 0o644,
    mtime: '2026-01-01T00:00:00Z',
    atime: '2026-01-01T00:00:00Z',
    ctime: '2026-01-01T00:00:00Z',
    uid: 0,
    gid: 0,
    size,
    content: content.map((id) => id.toString('hex')),
  });

describe('a repository written here', { timeout: 120_000 }, () => {
  let location: string;
  let repository: Repository;
  const content = Array.from({ length: 40 }, (_, i) =>
    i % 2 === 0 ? randomBytes(1_000_000) : Buffer.alloc(700_000 + i, i),
  );

  before(async () => {
    location = join(folder, 'ours');
    ({ repository } = await createTestRepository(new LocalStorage(location)));
    const saver = repository.saver();
    const ids: Buffer[] = [];
    for (const plain of content) ids.push((await saver.save('data', plain)).id);
    const empty = await saver.save('data', Buffer.alloc(0));
    assert.equal(empty.storedBytes, 32);
    const size = content.reduce((sum, { length }) => sum + length, 0);
    const tree = await saver.save('tree', Buffer.from(`{"nodes":[${fileNode('a file', size, ids)}]}\n`));
    await saver.finish();
    await repository.writeUnpacked('snapshot', snapshotOf(tree.id));
  });

  it('passes a full check of restic', async () => {
    const { stdout } = await restic(['check', '--read-data'], { repository: location });
    assert.match(stdout, /no errors were found/);
  });

  it('has its snapshot listed by restic with every field', async () => {
    const { stdout } = await restic(['snapshots', '--json'], { repository: location });
    const [snapshot] = JSON.parse(stdout);
    assert.equal(snapshot.time, '2026-01-02T03:04:05.123456789Z');
    assert.equal(snapshot.hostname, 'host <a&b>');
    assert.equal(snapshot.username, 'ümläut');
    assert.equal(snapshot.gid, 7);
    assert.deepEqual(snapshot.tags, ['nightly']);
  });

  it('gives its file to restic byte for byte', async () => {
    await restic(['restore', 'latest', '--target', join(folder, 'restored')], { repository: location });
    assert.ok(Buffer.concat(content).equals(await readFile(join(folder, 'restored', 'a file'))));
  });

  it('keeps data and trees in packs of their own, spread over two of each', async () => {
    const packs = await repository.listFiles('data');
    assert.ok(packs.size >= 3, `${packs.size} packs`);
    for (const [pack, size] of packs) {
      const types = new Set((await readPackHeader(repository, pack, size)).map(({ type }) => type));
      assert.equal(types.size, 1);
    }
  });

  it('is opened by restic with a key that was added here, and here with one that restic added', async () => {
    await addKey(repository.storage, repository.keys, 'added here', WEAK_KDF);
    const file = join(folder, 'new-password');
    await writeFile(file, 'added by restic');
    await restic(['key', 'add', '--new-password-file', file], {
      repository: location,
      password: 'added here',
    });
    for (const password of [TEST_PASSWORD, 'added here', 'added by restic']) {
      assert.equal((await Repository.open(repository.storage, { password })).id, repository.id);
    }
  });
});

describe('a repository that restic wrote', { timeout: 120_000 }, () => {
  let location: string;
  let repository: Repository;
  const files = new Map([
    ['random', randomBytes(3_000_000)],
    ['zeros', Buffer.alloc(2_000_000)],
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('hello\n')],
  ]);

  before(async () => {
    location = join(folder, 'theirs');
    const source = join(folder, 'source');
    await mkdir(join(source, 'sub'), { recursive: true });
    for (const [name, bytes] of files) await writeFile(join(source, 'sub', name), bytes);
    await restic(['init'], { repository: location });
    await restic(['backup', '--tag', 'a,b', '--host', 'one', source], { repository: location });
    await restic(['backup', '--tag', 'c', '--host', 'two', source], { repository: location });
    repository = await Repository.open(new LocalStorage(location), { password: TEST_PASSWORD });
    await repository.loadIndex();
  });

  it('has every pack as the index says, and every blob as it is named', async () => {
    const { index } = repository;
    let blobs = 0;
    for (const [pack, size] of await repository.listFiles('data')) {
      const header = await readPackHeader(repository, pack, size);
      for await (const read of readBlobs(repository, pack, header)) {
        assert.equal(read.error, undefined);
        assert.deepEqual(index.lookup(read.blob.type, read.blob.id), [
          {
            type: read.blob.type,
            pack,
            offset: read.blob.offset,
            length: read.blob.length,
            uncompressedLength: read.blob.uncompressedLength,
          },
        ]);
        blobs++;
      }
    }
    assert.equal(blobs, index.entryCount);
  });

  it('gives its snapshots, found by name and by filter', async () => {
    const all = (await Array.fromAsync(repository.snapshots())).sort((a, b) =>
      a.hostname.localeCompare(b.hostname),
    );
    const [one, two] = all;
    assert.ok(one !== undefined && two !== undefined && all.length === 2);
    assert.deepEqual(one.tags, ['a', 'b']);
    assert.deepEqual(one.paths, [join(folder, 'source')]);
    assert.equal(two.parent, undefined);
    assert.deepEqual(await repository.snapshot('latest'), two);
    assert.deepEqual(await repository.snapshot('latest', { hosts: ['one'] }), one);
    assert.deepEqual(await repository.snapshot('latest', { tags: [['a', 'b'], ['z']] }), one);
    assert.deepEqual(await repository.snapshot('latest', { tags: [['b']], paths: one.paths }), one);
    assert.deepEqual(await repository.snapshot(two.id.slice(0, 12)), two);
    await assert.rejects(repository.snapshot('latest', { tags: [['a', 'c']] }), SnapshotMissingError);
    await assert.rejects(repository.snapshot('latest', { paths: ['/elsewhere'] }), SnapshotMissingError);
    await assert.rejects(repository.snapshot('zzzz'), SnapshotMissingError);
    await assert.rejects(repository.snapshot(''), SnapshotMissingError);
  });

  it('gives the folder that a name asks for', async () => {
    const { tree } = await repository.snapshot(`latest:${join(folder, 'source', 'sub')}`);
    const nodes = await repository.loadTree(Buffer.from(tree, 'hex'));
    assert.deepEqual(
      nodes.map(({ name }) => name.toString()),
      [...files.keys()].sort(),
    );
    for (const node of nodes) {
      const parts = await Promise.all((node.content ?? []).map((id) => repository.loadBlob('data', id)));
      assert.ok(Buffer.concat(parts).equals(files.get(node.name.toString()) ?? Buffer.alloc(1)));
    }
    await assert.rejects(repository.snapshot('latest:/no/such'), { code: 'repository.folder-missing' });
    await assert.rejects(repository.snapshot(`latest:${join(folder, 'source', 'sub', 'text')}`), {
      code: 'repository.folder-missing',
    });
  });

  it('is told apart when the beginning of an id is not enough', async () => {
    const names = new Set<string>();
    // Seventeen ids cannot all differ in their first digit.
    while (names.size < 17)
      names.add(await repository.writeUnpacked('snapshot', snapshotOf(randomBytes(32))));
    const first = [...'0123456789abcdef'].find(
      (digit) => [...names].filter((name) => name.startsWith(digit)).length > 1,
    );
    await assert.rejects(repository.snapshot(first ?? ''), SnapshotAmbiguousError);
    for (const name of names) await repository.storage.remove({ kind: 'snapshot', name });
  });

  it('takes more blobs from here, and restic still finds no error', async () => {
    const saver = repository.saver();
    assert.equal((await saver.save('data', Buffer.from('hello\n'))).known, true, 'restic stored it before');
    assert.equal((await saver.save('data', Buffer.from('new here'))).known, false);
    await saver.finish();
    await restic(['check', '--read-data'], { repository: location });
  });
});

describe('a repository that both programs change', { timeout: 120_000 }, () => {
  it('has its index read again after restic pruned it', async () => {
    const location = join(folder, 'pruned');
    const { repository } = await createTestRepository(new LocalStorage(location));
    const saver = repository.saver();
    const kept = await saver.save('data', randomBytes(100_000));
    const gone = await saver.save('data', randomBytes(100_000));
    const tree = await saver.save(
      'tree',
      Buffer.from(`{"nodes":[${fileNode('kept', 100_000, [kept.id])}]}\n`),
    );
    await saver.finish();
    await repository.writeUnpacked('snapshot', snapshotOf(tree.id));
    const before = await repository.loadIndex();
    assert.equal(await repository.loadIndex(), before, 'nothing changed, so the table stays');
    await restic(['prune', '--max-unused', '0'], { repository: location });
    const after = await repository.loadIndex();
    assert.notEqual(after, before);
    assert.equal(repository.hasBlob('data', gone.id), false);
    assert.equal((await repository.loadBlob('data', kept.id)).length, 100_000);
    // What restic adds is seen without reading everything again.
    await restic(['backup', '--stdin'], { repository: location, input: randomBytes(1000) });
    assert.equal(await repository.loadIndex(), after);
    assert.equal((await Array.fromAsync(repository.snapshots())).length, 2);
    const again = repository.saver();
    assert.equal((await again.save('data', randomBytes(10))).known, false);
    await again.finish();
    await restic(['check', '--read-data'], { repository: location });
  });

  it('may have format version 1, which knows no compression', async () => {
    const location = join(folder, 'version-1');
    await restic(['init', '--repository-version', '1'], { repository: location });
    await restic(['backup', '--stdin'], { repository: location, input: 'from restic' });
    const repository = await Repository.open(new LocalStorage(location), { password: TEST_PASSWORD });
    assert.equal(repository.version, 1);
    await repository.loadIndex();
    const saver = repository.saver();
    const text = await saver.save('data', Buffer.from('from here '.repeat(1000)));
    assert.equal(text.storedBytes, 10_032);
    const tree = await saver.save(
      'tree',
      Buffer.from(`{"nodes":[${fileNode('text', 10_000, [text.id])}]}\n`),
    );
    await saver.finish();
    const name = await repository.writeUnpacked('snapshot', snapshotOf(tree.id));
    await restic(['check', '--read-data'], { repository: location });
    const { stdout } = await restic(['dump', name, '/text'], { repository: location });
    assert.equal(stdout, 'from here '.repeat(1000));
    assert.equal((await repository.snapshot(name)).tree, tree.id.toString('hex'));
  });
});

describe('locks of both programs', { timeout: 120_000 }, () => {
  let location: string;
  let repository: Repository;
  before(async () => {
    location = join(folder, 'locked');
    ({ repository } = await createTestRepository(new LocalStorage(location)));
  });

  it('restic waits for nobody and tells that this process holds the lock', async () => {
    {
      await using _lock = await acquireLock(repository, { kind: 'exclusive' });
      const { code, stderr } = await restic(['snapshots'], { repository: location, accept: [1, 11] });
      assert.notEqual(code, 0);
      assert.match(stderr, new RegExp(`locked exclusively by PID ${process.pid}`));
    }
    await restic(['snapshots'], { repository: location });
    {
      await using _lock = await acquireLock(repository, { kind: 'shared' });
      await restic(['snapshots'], { repository: location });
      const { stderr } = await restic(['prune'], { repository: location, accept: [1, 11] });
      assert.match(stderr, /locked by PID/);
      await restic(['unlock'], { repository: location });
      assert.equal((await repository.listFiles('lock')).size, 1, 'this process lives, so its lock stays');
    }
    assert.equal((await repository.listFiles('lock')).size, 0);
  });

  it('restic holds one while it backs up, so an exclusive one has to wait', async () => {
    const child = spawn(resticBinary(), ['--no-cache', 'backup', '--stdin'], {
      env: { PATH: process.env.PATH, RESTIC_REPOSITORY: location, RESTIC_PASSWORD: TEST_PASSWORD },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    try {
      while ((await repository.listFiles('lock')).size === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await assert.rejects(acquireLock(repository, { kind: 'exclusive' }), (error: unknown) => {
        assert.ok(error instanceof LockedError);
        assert.equal(error.holder.pid, child.pid);
        return true;
      });
      await using _shared = await acquireLock(repository, { kind: 'shared' });
      child.stdin.write('some data');
    } finally {
      const exited = once(child, 'exit');
      child.stdin.end();
      assert.deepEqual(await exited, [0, null]);
    }
    await using _lock = await acquireLock(repository, { kind: 'exclusive' });
  });
});
