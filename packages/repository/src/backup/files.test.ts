import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type FileKind, LocalStorage, MemoryStorage } from '@octobox/storage';
import { LockedError } from '../errors.ts';
import { libc } from '../filesystem/libc.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import type { Node } from '../format/trees/node.ts';
import { decodeTree } from '../format/trees/tree.ts';
import { acquireLock } from '../locks/lock.ts';
import { ownLock } from '../locks/stored-locks.ts';
import type { Repository } from '../store/repository.ts';
import { createTestRepository, noise } from '../testing/index.ts';
import type { BackupFilesOptions, BackupProgress, BackupResult, BackupWarning } from './backup-types.ts';
import { EmptyBackupError, SourceUnreadableError } from './errors.ts';
import { backupFiles } from './files.ts';

function temporaryFolder(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'octobox-backup-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

const backup = (
  repository: Repository,
  path: string,
  options: Partial<BackupFilesOptions> = {},
): Promise<BackupResult> =>
  backupFiles(repository, { paths: [path], host: 'test', noLock: true, ...options });

/** The nodes of a snapshot by their paths in it. */
async function nodesOf(repository: Repository, { snapshot }: BackupResult): Promise<Map<string, Node>> {
  assert.ok(snapshot);
  await repository.loadIndex();
  const nodes = new Map<string, Node>();
  const visit = async (tree: Buffer, path: string): Promise<void> => {
    for (const node of decodeTree(await repository.loadBlob('tree', tree))) {
      const place = `${path}/${node.name}`;
      nodes.set(place, node);
      if (node.subtree !== undefined) await visit(node.subtree, place);
    }
  };
  await visit(Buffer.from(snapshot.tree, 'hex'), '');
  return nodes;
}

/** Until the end of the test this process works there. */
function goTo(t: TestContext, folder: string): void {
  const before = process.cwd();
  process.chdir(folder);
  t.after(() => process.chdir(before));
}

async function contentOf(repository: Repository, node: Node | undefined): Promise<Buffer> {
  assert.ok(node?.content);
  return Buffer.concat(await Promise.all(node.content.map((id) => repository.loadBlob('data', id))));
}

const snapshotCount = async (repository: Repository): Promise<number> =>
  (await Array.fromAsync(repository.snapshots())).length;

/** Bytes that this process has read from files so far. */
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

describe('a backup of files', () => {
  it('reads nothing of what is unchanged, and everything by force', {
    skip: process.platform !== 'linux',
  }, async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    writeFileSync(join(base, 'large'), noise('large', 24_000_000));
    writeFileSync(join(base, 'small'), noise('small', 1_000_000));
    const first = await backup(repository, base);
    const start = bytesRead();
    const second = await backup(repository, base);
    assert.ok(bytesRead() - start < 5_000_000, `${bytesRead() - start} bytes were read`);
    assert.equal(second.summary.filesUnmodified, 2);
    // The folder itself: those above it change whenever anybody else makes a temporary file.
    const treeOf = async ({ snapshot }: BackupResult): Promise<string> =>
      (await repository.snapshot(`${snapshot?.id}:${base}`)).tree;
    assert.equal(await treeOf(second), await treeOf(first));
    assert.equal(second.snapshot?.parent, first.snapshot?.id);
    await backup(repository, base, { force: true });
    assert.ok(bytesRead() - start >= 25_000_000);
  });

  it('reads again what changed in size, time or place, unless told to ignore it', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    const file = join(base, 'file');
    writeFileSync(file, 'one');
    const time = new Date('2020-01-01');
    utimesSync(file, time, time);
    const first = await backup(repository, base);
    // The same size and time in another inode.
    writeFileSync(join(base, 'other'), 'two');
    utimesSync(join(base, 'other'), time, time);
    renameSync(join(base, 'other'), file);
    const blind = await backup(repository, base, { ignoreInode: true, ignoreCtime: true });
    const nodes = await nodesOf(repository, blind);
    assert.equal((await contentOf(repository, nodes.get(file))).toString(), 'one');
    const seeing = await backup(repository, base, { parent: first.snapshot?.id });
    assert.equal(seeing.summary.filesChanged, 1);
    assert.equal(
      (await contentOf(repository, (await nodesOf(repository, seeing)).get(file))).toString(),
      'two',
    );
  });

  it('sees a changed extended attribute of what is unchanged otherwise', {
    skip: libc() === undefined,
  }, async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    const [file, folder] = [join(base, 'file'), join(base, 'folder')];
    writeFileSync(file, 'content');
    mkdirSync(folder);
    const name = Buffer.from('user.octobox');
    const attributeOf = async (result: BackupResult, path: string): Promise<string | undefined> =>
      (await nodesOf(repository, result)).get(path)?.extendedAttributes?.[0]?.value.toString();
    // Not the whole tree: others write in the folders that lead here.
    const treeOf = async (result: BackupResult): Promise<Buffer | undefined> =>
      (await nodesOf(repository, result)).get(base)?.subtree;
    for (const value of ['one', 'two']) {
      for (const path of [file, folder]) libc()?.setAttribute(Buffer.from(path), name, Buffer.from(value));
      const changed = await backup(repository, base);
      for (const path of [file, folder]) assert.equal(await attributeOf(changed, path), value);
      const same = await backup(repository, base);
      assert.equal(same.summary.filesUnmodified, 1);
      assert.deepEqual(await treeOf(same), await treeOf(changed));
      const asked = await backup(repository, base, { ignoreCtime: true });
      assert.deepEqual(await treeOf(asked), await treeOf(changed));
    }
  });

  it('stores a file again when its blobs are missing from the repository', async (t) => {
    const base = temporaryFolder(t);
    const [one, two] = [await createTestRepository(), await createTestRepository()];
    writeFileSync(join(base, 'file'), 'content');
    const result = await backup(one.repository, base);
    assert.ok(result.snapshot);
    // A parent whose trees are here and whose data is not.
    await two.repository.loadIndex();
    const saver = two.repository.saver();
    for (const id of await treesOf(one.repository, result)) {
      await saver.save('tree', await one.repository.loadBlob('tree', id));
    }
    await saver.finish();
    await two.repository.writeUnpacked('snapshot', encodeSnapshot(result.snapshot));
    const again = await backup(two.repository, base);
    assert.equal(again.summary.dataBlobs, 1);
    const node = (await nodesOf(two.repository, again)).get(join(base, 'file'));
    assert.equal((await contentOf(two.repository, node)).toString(), 'content');
  });

  it('leaves out what is excluded, but never a source that was named', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    for (const name of ['keep', 'drop.tmp', 'cache/CACHEDIR.TAG', 'cache/x', 'named.tmp']) {
      mkdirSync(join(base, name, '..'), { recursive: true });
      writeFileSync(join(base, name), 'Signature: 8a477f597d28d172789f06886806bc55');
    }
    const result = await backupFiles(repository, {
      paths: [base, join(base, 'named.tmp')],
      host: 'test',
      noLock: true,
      excludes: ['*.tmp'],
      excludeCaches: true,
    });
    const below = [...(await nodesOf(repository, result)).keys()].filter((path) =>
      path.startsWith(`${base}/`),
    );
    assert.deepEqual(
      below.map((path) => path.slice(base.length + 1)),
      ['cache', 'cache/CACHEDIR.TAG', 'keep', 'named.tmp'],
    );
    assert.deepEqual(result.snapshot?.excludes, ['*.tmp']);
  });

  it('passes over sockets', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    const server = createServer().listen(join(base, 'socket'));
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    writeFileSync(join(base, 'file'), '');
    const result = await backup(repository, base);
    const nodes = await nodesOf(repository, result);
    assert.equal(nodes.has(join(base, 'socket')), false);
    assert.deepEqual(nodes.get(join(base, 'file'))?.content, []);
    assert.equal(result.errorCount, 0);
  });

  it('goes on when an item cannot be read, and names it', { skip: process.getuid?.() !== 0 }, async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    for (const name of ['a', 'c']) writeFileSync(join(base, name), name);
    writeFileSync(join(base, 'b locked'), 'secret');
    chmodSync(join(base, 'b locked'), 0);
    mkdirSync(join(base, 'd locked'));
    chmodSync(join(base, 'd locked'), 0);
    chmodSync(base, 0o755);
    const told: string[] = [];
    const locked = join(base, 'b locked');
    process.seteuid?.(65534);
    t.after(() => process.seteuid?.(0));
    const result = await backup(repository, base, { onError: (path) => told.push(path) });
    await assert.rejects(backup(repository, locked), SourceUnreadableError);
    process.seteuid?.(0);
    assert.deepEqual(told.sort(), [locked, join(base, 'd locked')]);
    assert.equal(result.errorCount, 2);
    assert.match(result.errors[0]?.message ?? '', /EACCES/);
    const nodes = await nodesOf(repository, result);
    assert.ok(nodes.has(join(base, 'a')) && nodes.has(join(base, 'c')));
    assert.equal(nodes.has(locked), false);
  });

  it('fails as a whole when a source is missing or nothing is left', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    await assert.rejects(backup(repository, join(base, 'none')), (error) => {
      assert.ok(error instanceof SourceUnreadableError);
      assert.equal(error.path, join(base, 'none'));
      assert.ok(error.advice);
      return true;
    });
    await assert.rejects(backupFiles(repository, { paths: [], host: 'test' }), EmptyBackupError);
    goTo(t, base);
    await assert.rejects(backup(repository, '.'), EmptyBackupError);
    assert.equal(await snapshotCount(repository), 0);
  });

  it('stores nothing in a dry run, but counts', async (t) => {
    const base = temporaryFolder(t);
    const { repository, storage } = await createTestRepository();
    writeFileSync(join(base, 'file'), noise('dry', 3_000_000));
    // Without the folders above, in which others write: how long their times are would count too.
    goTo(t, base);
    const dry = await backup(repository, '.', { dryRun: true });
    assert.equal(dry.snapshot, undefined);
    assert.ok(dry.summary.dataAdded > 3_000_000);
    for (const kind of ['data', 'index', 'snapshot', 'lock'] as const)
      assert.deepEqual(await Array.fromAsync(storage.list(kind)), []);
    const wet = await backup(repository, '.');
    assert.equal(wet.summary.dataAdded, dry.summary.dataAdded);
  });

  it('takes the parent that it is given', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    writeFileSync(join(base, 'file'), 'x');
    const first = await backup(repository, base, { time: new Date('2020-01-01'), tags: ['old'] });
    const other = await backup(repository, base, { host: 'other' });
    assert.equal(other.snapshot?.parent, undefined);
    const given = await backup(repository, base, { host: 'other', parent: first.snapshot?.id.slice(0, 10) });
    assert.equal(given.snapshot?.parent, first.snapshot?.id);
    assert.equal(given.summary.filesUnmodified, 1);
    assert.equal((await backup(repository, base, { parent: false })).snapshot?.parent, undefined);
    assert.equal(first.snapshot?.time, '2020-01-01T00:00:00Z');
    assert.deepEqual(first.snapshot?.tags, ['old']);
  });

  it('names a damaged snapshot and is made without it', async (t) => {
    const base = temporaryFolder(t);
    const { repository, storage } = await createTestRepository();
    writeFileSync(join(base, 'file'), 'x');
    const good = await backup(repository, base);
    const bad = 'ab'.repeat(32);
    const writer = await storage.writer('snapshot');
    await writer.append(Buffer.from('damaged'));
    await writer.commit(bad);
    const told: BackupWarning[] = [];
    const result = await backup(repository, base, { onWarning: (warning) => told.push(warning) });
    assert.equal(result.snapshot?.parent, good.snapshot?.id);
    assert.deepEqual(
      told.map(({ item }) => item),
      [`snapshots/${bad}`],
    );
    assert.match(told[0]?.message ?? '', /is damaged: .*passed over when looking for the parent/);
    assert.deepEqual(result.warnings, told);
    // Nothing of the sources is missing from the snapshot.
    assert.deepEqual([result.errorCount, result.errors], [0, []]);
  });

  it('is whole, with a warning, when the folders of the parent cannot be read', async (t) => {
    const base = temporaryFolder(t);
    const { repository, storage } = await createTestRepository();
    writeFileSync(join(base, 'file'), 'content');
    await backup(repository, base);
    for await (const { name } of storage.list('index')) await storage.remove({ kind: 'index', name });
    const result = await backup(repository, base);
    assert.equal(result.errorCount, 0);
    assert.equal(result.warnings.length, 1);
    assert.match(
      result.warnings[0]?.message ?? '',
      /folder \/ of the parent .*was read again as if it were new/,
    );
    const node = (await nodesOf(repository, result)).get(join(base, 'file'));
    assert.equal((await contentOf(repository, node)).toString(), 'content');
  });

  it('reports its progress', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    writeFileSync(join(base, 'large'), noise('progress', 20_000_000));
    const reports: BackupProgress[] = [];
    await backup(repository, base, { onProgress: (progress) => reports.push(progress) });
    const last = reports.at(-1);
    assert.ok(last);
    assert.deepEqual([last.filesDone, last.bytesDone, last.errors], [1, 20_000_000, 0]);
    assert.ok(last.bytesStored >= 20_000_000);
    assert.deepEqual(reports[0]?.current, [join(base, 'large')]);
    await backup(repository, base, { onProgress: (progress) => reports.push(progress) });
    assert.deepEqual([reports.at(-1)?.filesTotal, reports.at(-1)?.bytesTotal], [1, 20_000_000]);
  });

  it('reads while its lock settles, and publishes nothing when that cannot be held', async (t) => {
    const { repository, storage } = await createTestRepository();
    const base = temporaryFolder(t);
    writeFileSync(join(base, 'large'), noise('early', 40_000_000));
    const count = async (kind: FileKind) => (await Array.fromAsync(storage.list(kind))).length;
    const before = bytesRead();
    const settle = async (): Promise<void> => {
      while (bytesRead() - before < 16_000_000) await delay(5);
      // What is published too early would be there by then.
      await delay(1_500);
      throw new LockedError('here', { id: 'a', ...ownLock('exclusive', Date.now()) });
    };
    const refused = backup(repository, base, { noLock: true, lockHeld: settle() });
    await assert.rejects(refused, LockedError);
    for (const kind of ['data', 'index', 'snapshot', 'lock'] as const) assert.equal(await count(kind), 0);
    const { snapshot } = await backup(repository, base, { noLock: false });
    assert.ok(snapshot);
  });

  it('waits for no lock that is not told to, and holds one itself', async (t) => {
    const base = temporaryFolder(t);
    const { repository, storage } = await createTestRepository();
    writeFileSync(join(base, 'large'), noise('lock', 20_000_000));
    let locks = 0;
    const onProgress = async (): Promise<void> => {
      locks = Math.max(locks, (await Array.fromAsync(storage.list('lock'))).length);
    };
    await backup(repository, base, { noLock: false, onProgress });
    assert.equal(locks, 1);
    assert.deepEqual(await Array.fromAsync(storage.list('lock')), []);
    await using _exclusive = await acquireLock(repository, { kind: 'exclusive' });
    await assert.rejects(backup(repository, base, { noLock: false }), LockedError);
  });
});

async function treesOf(repository: Repository, result: BackupResult): Promise<Buffer[]> {
  const nodes = await nodesOf(repository, result);
  const subtrees = [...nodes.values()].flatMap((node) => (node.subtree === undefined ? [] : [node.subtree]));
  return [Buffer.from(result.snapshot?.tree ?? '', 'hex'), ...subtrees];
}

describe('a file that changes while it is read', () => {
  /** Backs up a large file, and does something to it when the first pieces are stored and the rest is not read. */
  async function disturbed(
    t: TestContext,
    disturb: (file: string) => void,
  ): Promise<{ result: BackupResult; node: Node | undefined; repository: Repository; file: string }> {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    const file = join(base, 'file');
    writeFileSync(file, noise('disturbed', 90_000_000));
    let done = false;
    const onProgress = (): void => {
      if (!done) disturb(file);
      done = true;
    };
    const result = await backup(repository, base, { onProgress });
    assert.equal(result.errorCount, 0);
    const node = (await nodesOf(repository, result)).get(file);
    return { result, node, repository, file };
  }

  it('is noted when it grows', async (t) => {
    const { result, node, file } = await disturbed(t, (path) => appendFileSync(path, Buffer.alloc(1000)));
    assert.deepEqual(result.changedWhileReading, [file]);
    assert.equal(node?.size, 90_001_000n);
  });

  it('is noted when it is cut to nothing, and has the size of what was read', async (t) => {
    const { result, node, repository, file } = await disturbed(t, (path) => truncateSync(path, 0));
    assert.deepEqual(result.changedWhileReading, [file]);
    const content = await contentOf(repository, node);
    assert.equal(node?.size, BigInt(content.length));
    assert.ok(content.length > 0 && content.length < 90_000_000);
    assert.ok(content.equals(noise('disturbed', 90_000_000).subarray(0, content.length)));
  });

  it('is noted when it is deleted or replaced, and holds what was opened', async (t) => {
    const gone = await disturbed(t, (path) => rmSync(path));
    assert.deepEqual(gone.result.changedWhileReading, [gone.file]);
    assert.equal(gone.node?.size, 90_000_000n);
    const replaced = await disturbed(t, (path) => {
      writeFileSync(`${path}.new`, 'new');
      renameSync(`${path}.new`, path);
    });
    assert.deepEqual(replaced.result.changedWhileReading, [replaced.file]);
    const content = await contentOf(replaced.repository, replaced.node);
    assert.ok(content.equals(noise('disturbed', 90_000_000)));
  });

  it('is noted when it is gone before it is looked at', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    writeFileSync(join(base, 'a'), noise('a', 20_000_000));
    writeFileSync(join(base, 'b'), 'b');
    const onProgress = (): void => rmSync(join(base, 'b'), { force: true });
    const result = await backup(repository, base, { onProgress, readConcurrency: 1 });
    assert.deepEqual(result.changedWhileReading, [join(base, 'b')]);
    assert.equal(result.errorCount, 0);
    assert.equal((await nodesOf(repository, result)).has(join(base, 'b')), false);
  });
});

describe('a backup that does not come to its end', () => {
  it('leaves no snapshot when it is aborted, and the next one succeeds', async (t) => {
    const base = temporaryFolder(t);
    const { repository, storage } = await createTestRepository(new LocalStorage(join(base, 'repository')));
    mkdirSync(join(base, 'source'));
    const source = join(base, 'source');
    writeFileSync(join(source, 'large'), noise('abort', 60_000_000));
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => controller.abort(reason);
    await assert.rejects(
      backup(repository, source, { signal: controller.signal, onProgress, noLock: false }),
      reason,
    );
    assert.equal(await snapshotCount(repository), 0);
    assert.deepEqual(await Array.fromAsync(storage.list('lock')), []);
    await assert.rejects(backup(repository, source, { signal: AbortSignal.abort(reason) }), reason);
    const result = await backup(repository, source);
    assert.equal(result.summary.filesNew, 1);
    const node = (await nodesOf(repository, result)).get(join(source, 'large'));
    assert.ok((await contentOf(repository, node)).equals(noise('abort', 60_000_000)));
  });

  it('tells what the storage said when that is full', async (t) => {
    const base = temporaryFolder(t);
    for (let i = 0; i < 20; i++) writeFileSync(join(base, `file ${i}`), noise(`full ${i}`, 1_500_000));
    class FullStorage extends MemoryStorage {
      left = 10_000_000;
      override async writer(
        ...args: Parameters<MemoryStorage['writer']>
      ): ReturnType<MemoryStorage['writer']> {
        const inner = await super.writer(...args);
        return {
          append: async (bytes) => {
            this.left -= bytes.length;
            if (this.left < 0)
              throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
            await inner.append(bytes);
          },
          commit: (name) => inner.commit(name),
          abort: () => inner.abort(),
        };
      }
    }
    const storage = new FullStorage('full');
    const { repository } = await createTestRepository(storage);
    await assert.rejects(backup(repository, base), /ENOSPC/);
    assert.equal(await snapshotCount(repository), 0);
    storage.left = Number.POSITIVE_INFINITY;
    const result = await backup(repository, base);
    const nodes = await nodesOf(repository, result);
    for (let i = 0; i < 20; i++)
      assert.ok(
        (await contentOf(repository, nodes.get(join(base, `file ${i}`)))).equals(
          noise(`full ${i}`, 1_500_000),
        ),
      );
  });

  it('can be told apart from one whose link leads nowhere', async (t) => {
    const base = temporaryFolder(t);
    const { repository } = await createTestRepository();
    symlinkSync('/no/such/place', join(base, 'link'));
    const result = await backup(repository, join(base, 'link'));
    assert.equal(
      (await nodesOf(repository, result)).get(join(base, 'link'))?.linkTarget?.toString(),
      '/no/such/place',
    );
  });
});
