import assert from 'node:assert/strict';
import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  type ByteRange,
  type FileKind,
  type FileWriter,
  LocalStorage,
  MemoryStorage,
  type StorageOptions,
  type StoredFile,
} from '@octobox/storage';
import { DamagedFileError } from '../errors.ts';
import { acquireLock } from '../locks/lock.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import { Repository } from '../store/repository.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { mirrorRepository } from './mirror.ts';
import { MirrorMismatchError, MirrorWriteError } from './mirror-errors.ts';
import { planMirror } from './mirror-plan.ts';
import { emptyRecord } from './mirror-record.ts';
import type { MirrorOptions } from './mirror-types.ts';

const lockTiming = { settle: 1, retryFirst: 2, retryMost: 5 };

describe('a mirror', { timeout: 240_000 }, () => {
  let workshop: Workshop;
  let folder: string;
  beforeEach(async () => {
    workshop = await Workshop.open();
    folder = workshop.path('mirror');
    workshop.write('a', 300_000);
    workshop.write('b/c', 'a small text');
    await workshop.backup();
    workshop.write('d', 200_000);
    await workshop.backup();
  });
  afterEach(() => workshop[Symbol.asyncDispose]());

  const mirror = async (
    options: Partial<MirrorOptions> = {},
    target: LocalStorage | MemoryStorage = new LocalStorage(folder),
    source?: Repository,
  ) => {
    const from = source ?? (await workshop.repository());
    return mirrorRepository(from, target, { record: emptyRecord(from.id), lockTiming, ...options });
  };
  const check = () => restic(['check', '--read-data'], { repository: folder });
  const filesOf = async (kind: FileKind, where = workshop.repositoryFolder): Promise<string[]> =>
    (await Array.fromAsync(new LocalStorage(where).list(kind))).map(({ name }) => name).sort();

  it('is never the repository itself, however its place is spelled', async () => {
    const link = workshop.path('link');
    await symlink(workshop.repositoryFolder, link);
    for (const place of [workshop.repositoryFolder, link]) {
      await assert.rejects(mirror({}, new LocalStorage(place)), {
        name: 'MirrorMismatchError',
        message: /the very same place/,
      });
    }
    await restic(['check'], { repository: workshop.repositoryFolder });
    assert.deepEqual(await filesOf('lock'), []);
  });

  it('is the same repository: restic and Octobox restore from it with the same password', async () => {
    const plan = await planMirror(workshop.storage, new LocalStorage(folder));
    const result = await mirror({ verify: true });
    assert.equal(plan.isNew, true);
    // The config file is planned, and not counted by what is copied under a hash.
    assert.equal(result.objectsCopied, plan.objects - 1);
    assert.equal(result.bytesCopied, plan.bytes);
    assert.equal(result.snapshots.size, 2);
    await check();
    for (const kind of ['key', 'data', 'index', 'snapshot'] as const) {
      assert.deepEqual(await filesOf(kind, folder), await filesOf(kind));
    }
    assert.deepEqual(await filesOf('lock', folder), []);
    const there = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
    await there.loadIndex();
    const target = workshop.path('restored');
    await restoreSnapshot(there, await there.snapshot('latest'), { target, workers: 0 });
    assert.deepEqual(
      treeDifferences(workshop.source, target).filter((line) => !line.startsWith(':')),
      [],
    );
  });

  it('is sent nothing but what is new', async () => {
    await mirror();
    assert.equal((await mirror()).objectsCopied, 0);
    workshop.write('e', 100_000);
    await workshop.backup();
    const result = await mirror();
    // One pack of data, one of folders, an index file and a snapshot.
    assert.equal(result.objectsCopied, 4);
    await check();
  });

  it('does not get what is damaged at the source, and gets everything that can do without', async () => {
    await mirror();
    const before = new Set(await filesOf('data'));
    workshop.write('new', 50_000);
    const broken = await workshop.backup();
    const added = (await filesOf('data')).filter((name) => !before.has(name));
    const victim = added
      .map((name) => `${workshop.repositoryFolder}/data/${name.slice(0, 2)}/${name}`)
      .sort((a, b) => readFileSync(b).length - readFileSync(a).length)[0] as string;
    const bytes = readFileSync(victim);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    chmodSync(victim, 0o600);
    writeFileSync(victim, bytes);
    workshop.remove('new');
    const fine = await workshop.backup('--force');
    const result = await mirror();
    const damaged = victim.slice(-64);
    assert.deepEqual(
      result.problems.map(({ file }) => `${file.kind}/${file.name}`).sort(),
      [`data/${damaged}`, `snapshot/${broken.id}`].sort(),
    );
    assert.deepEqual(result.withheld, { indexes: 1, snapshots: 1 });
    assert.ok(result.snapshots.has(fine.id));
    assert.ok(!result.snapshots.has(broken.id));
    assert.equal(result.record.succeededAt, undefined);
    await check();
  });

  it('survives a prune at the source that nobody locks out', async () => {
    for (let round = 0; round < 3; round++) {
      workshop.write(`round${round}`, 150_000);
      await workshop.backup();
    }
    let pruned = false;
    class Pruned extends LocalStorage {
      override async read(
        file: StoredFile,
        range?: ByteRange,
        options?: StorageOptions,
      ): Promise<Uint8Array> {
        if (file.kind === 'data' && !pruned) {
          pruned = true;
          workshop.remove('a');
          await workshop.backup();
          await workshop.restic(['forget', '--keep-last', '1', '--prune', '--max-unused', '0']);
        }
        return super.read(file, range, options);
      }
    }
    const source = await Repository.open(new Pruned(workshop.repositoryFolder), { password: TEST_PASSWORD });
    const result = await mirror({ noLock: true, transfers: 1 }, new LocalStorage(folder), source);
    assert.ok(pruned);
    assert.ok(result.rounds > 1);
    assert.deepEqual(result.problems, []);
    await check();
    assert.deepEqual(
      (await filesOf('snapshot')).filter((name) => !result.snapshots.has(name)),
      [],
    );
  });

  it('waits for nobody who prunes at the source longer than it is told to', async () => {
    const source = await workshop.repository();
    await using _lock = await acquireLock(source, { kind: 'exclusive', timing: lockTiming });
    await assert.rejects(mirror({}, new LocalStorage(folder), source), { code: 'repository.locked' });
  });

  it('is never made of another repository', async () => {
    await mirror();
    const other = await createTestRepository();
    await assert.rejects(
      mirror({}, new LocalStorage(folder), other.repository),
      (error: unknown) => error instanceof MirrorMismatchError && /cannot be opened/.test(error.message),
    );
    await check();
  });

  it('replaces what was cut off at the target, and leaves there what was cut off at the source', async () => {
    await mirror();
    const [first, second] = await filesOf('data');
    const at = (where: string, name = '') => `${where}/data/${name.slice(0, 2)}/${name}`;
    for (const path of [at(folder, first), at(workshop.repositoryFolder, second)]) {
      chmodSync(path, 0o600);
      truncateSync(path, 100);
    }
    const result = await mirror();
    assert.equal(result.objectsCopied, 1);
    await check();
  });

  it('ends with an error when the target does not hold what it took', async () => {
    class Cutting extends MemoryStorage {
      override async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
        const writer = await super.writer(kind, options);
        return {
          append: (bytes) => writer.append(kind === 'data' ? bytes.subarray(0, -1) : bytes),
          commit: (name) => writer.commit(name),
          abort: () => writer.abort(),
        };
      }
    }
    class Changing extends MemoryStorage {
      override async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
        const writer = await super.writer(kind, options);
        return {
          append: (bytes) => writer.append(kind === 'data' ? Buffer.alloc(bytes.length) : bytes),
          commit: (name) => writer.commit(name),
          abort: () => writer.abort(),
        };
      }
    }
    await assert.rejects(mirror({}, new Cutting('cutting')), MirrorWriteError);
    await assert.rejects(mirror({ verify: true }, new Changing('changing')), /reads differently/);
  });

  it('is told apart from a repository whose config is damaged at the source', async () => {
    const path = `${workshop.repositoryFolder}/config`;
    const source = await workshop.repository();
    chmodSync(path, 0o600);
    writeFileSync(path, 'x'.repeat(155));
    await assert.rejects(mirror({}, new LocalStorage(folder), source));
    assert.deepEqual(await filesOf('config', folder), []);
  });

  it('reads a large pack in pieces', async () => {
    workshop.write('large', 40_000_000);
    await workshop.restic(['backup', '--pack-size', '64', '.'], { cwd: workshop.source });
    let longest = 0;
    class Watched extends LocalStorage {
      override read(file: StoredFile, range?: ByteRange, options?: StorageOptions): Promise<Uint8Array> {
        if (file.kind === 'data') longest = Math.max(longest, range?.length ?? Number.POSITIVE_INFINITY);
        return super.read(file, range, options);
      }
    }
    const source = await Repository.open(new Watched(workshop.repositoryFolder), { password: TEST_PASSWORD });
    await mirror({}, new LocalStorage(folder), source);
    assert.ok(longest <= 8 * 1024 * 1024, `${longest}`);
    await check();
  });

  it('names a damaged index file of the source', async () => {
    const [name = ''] = await filesOf('index');
    const path = `${workshop.repositoryFolder}/index/${name}`;
    chmodSync(path, 0o600);
    writeFileSync(path, 'y'.repeat(200));
    const source = await Repository.open(workshop.storage, { password: TEST_PASSWORD });
    await assert.rejects(source.loadIndex(), DamagedFileError);
    const result = await mirror({}, new LocalStorage(folder), source);
    assert.equal(result.problems[0]?.file.name, name);
  });
});
