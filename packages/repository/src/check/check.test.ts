import assert from 'node:assert/strict';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FileKind } from '@octobox/storage';
import { DamagedFileError } from '../errors.ts';
import { Repository } from '../store/repository.ts';
import { createTestRepository, TEST_PASSWORD } from '../testing/repository.ts';
import { Workshop } from '../testing/workshop.ts';
import { type CheckOptions, checkRepository } from './check.ts';
import type { CheckReport, Finding, FindingCode } from './check-report.ts';
import { InvalidSubsetError, selectSubset } from './read-data-subset.ts';

const folders: Readonly<Record<FileKind, string>> = {
  config: 'config',
  key: 'keys',
  lock: 'locks',
  snapshot: 'snapshots',
  index: 'index',
  data: 'data',
};

let workshop: Workshop;
const pathOf = (kind: FileKind, name: string): string =>
  kind === 'config'
    ? join(workshop.repositoryFolder, 'config')
    : join(workshop.repositoryFolder, folders[kind], ...(kind === 'data' ? [name.slice(0, 2)] : []), name);
const names = async (kind: FileKind): Promise<string[]> => {
  const found: string[] = [];
  for await (const { name } of workshop.storage.list(kind)) found.push(name);
  return found.sort();
};

/** Damages a file for as long as `work` runs. */
async function damaged<T>(path: string, change: (path: string) => void, work: () => Promise<T>): Promise<T> {
  const aside = workshop.path('aside');
  renameSync(path, aside);
  try {
    writeFileSync(path, readFileSync(aside));
    chmodSync(path, 0o600);
    change(path);
    return await work();
  } finally {
    rmSync(path, { force: true });
    renameSync(aside, path);
  }
}

const flipBit =
  (at: number) =>
  (path: string): void => {
    const bytes = readFileSync(path);
    const position = at < 0 ? bytes.length + at : at;
    bytes[position] = (bytes[position] ?? 0) ^ 0x10;
    writeFileSync(path, bytes);
  };
const gone = (path: string): void => rmSync(path);

const check = async (options: CheckOptions = {}): Promise<CheckReport> =>
  checkRepository(await workshop.repository(), { noLock: true, workers: 0, ...options });

const codes = (report: CheckReport): FindingCode[] =>
  [...new Set(report.findings.map(({ code }) => code))].sort();
const finding = (report: CheckReport, code: FindingCode): Finding => {
  const found = report.findings.find((each) => each.code === code);
  assert.ok(found, `${code} is among ${JSON.stringify(report.findings, undefined, 1)}`);
  return found;
};

/**
 * restic must not be content either: the damage is real. It reads data only where that is needed, because it
 * tries for three quarters of a minute to read what is not there.
 */
const resticComplains = async (...args: string[]): Promise<void> => {
  const { code } = await workshop.restic(['check', '--no-lock', ...args], { accept: [0, 1] });
  assert.equal(code, 1);
};

describe('check of a repository that restic wrote', () => {
  let packOfNoise: string;
  let packOfTrees: string;

  before(async () => {
    workshop = await Workshop.open();
    workshop.write('docs/letter.txt', 'Dear friend');
    workshop.write('media/film', 3_000_000);
    await workshop.backup('--tag', 'first');
    workshop.write('docs/reply.txt', 'Dear you');
    await workshop.backup('--tag', 'second');
    const repository = await workshop.repository();
    const table = repository.index;
    const largest = { length: 0, pack: '' };
    for (let entry = 0; entry < table.entryCount; entry++) {
      const { pack, length, type } = table.locationAt(entry);
      if (type === 'tree') packOfTrees = pack;
      if (length > largest.length) Object.assign(largest, { length, pack });
    }
    packOfNoise = largest.pack;
  });
  after(() => workshop[Symbol.asyncDispose]());

  it('finds nothing while it is whole', async () => {
    const report = await check({ readData: true, checkUnused: true });
    assert.deepEqual(report.findings, []);
    assert.equal(report.snapshots, 2);
    assert.equal(report.packsRead, report.packs);
    assert.ok(report.bytesRead > 3_000_000);
    assert.ok(report.trees >= 4);
  });

  it('takes the exclusive lock, and gives it back', async () => {
    const repository = await workshop.repository();
    const report = await checkRepository(repository, { workers: 0 });
    assert.equal(report.errorCount, 0);
    assert.deepEqual(await names('lock'), []);
  });

  it('names a config file with a flipped bit', async () => {
    const repository = await workshop.repository();
    await damaged(pathOf('config', ''), flipBit(20), async () => {
      await resticComplains();
      const report = await checkRepository(repository, { noLock: true, workers: 0 });
      assert.equal(finding(report, 'config-damaged').file?.kind, 'config');
      await assert.rejects(
        Repository.open(workshop.storage, { password: TEST_PASSWORD }),
        (error: unknown) => error instanceof DamagedFileError && error.file.kind === 'config',
      );
    });
  });

  it('names a key file with a flipped bit', async () => {
    const [name = ''] = await names('key');
    const repository = await workshop.repository();
    await damaged(pathOf('key', name), flipBit(-30), async () => {
      const report = await checkRepository(repository, { noLock: true, workers: 0 });
      assert.deepEqual(finding(report, 'key-damaged').file, { kind: 'key', name });
      await assert.rejects(
        Repository.open(workshop.storage, { password: TEST_PASSWORD }),
        (error: unknown) => error instanceof DamagedFileError && error.file.name === name,
      );
    });
  });

  it('names a lock file with a flipped bit', async () => {
    const repository = await workshop.repository();
    const name = await repository.writeUnpacked('lock', Buffer.from('{"time":"2024-01-01T00:00:00Z"}'));
    try {
      const path = pathOf('lock', name);
      await damaged(path, flipBit(30), async () => {
        const report = await check();
        assert.deepEqual(codes(report), ['lock-damaged']);
        assert.deepEqual(finding(report, 'lock-damaged').file, { kind: 'lock', name });
      });
    } finally {
      await repository.storage.remove({ kind: 'lock', name });
    }
  });

  it('names a snapshot file with a flipped bit, and checks the others', async () => {
    const [name = ''] = await names('snapshot');
    await damaged(pathOf('snapshot', name), flipBit(40), async () => {
      await resticComplains();
      const report = await check();
      assert.deepEqual(codes(report), ['snapshot-damaged']);
      assert.deepEqual(finding(report, 'snapshot-damaged').file, { kind: 'snapshot', name });
      assert.ok(report.trees > 0);
    });
  });

  it('names an index file with a flipped bit', async () => {
    const repository = await workshop.repository();
    const [name = ''] = await names('index');
    await damaged(pathOf('index', name), flipBit(60), async () => {
      await resticComplains();
      const report = await checkRepository(repository, { noLock: true, workers: 0 });
      assert.deepEqual(finding(report, 'index-damaged').file, { kind: 'index', name });
    });
  });

  it('tells a lost index from lost data, and never says that prune removes what only lacks its index', async () => {
    const repository = await workshop.repository();
    for (const name of await names('index')) {
      for (const harm of [gone, flipBit(60)]) {
        await damaged(pathOf('index', name), harm, async () => {
          await resticComplains();
          const told: Finding[] = [];
          const onFinding = (each: Finding) => told.push(each);
          const report = await checkRepository(repository, { noLock: true, workers: 0, onFinding });
          assert.match(
            finding(report, 'index-lost').message,
            /^the index of \d+ packs? is lost; (its|their) content is there\. `octobox repair index` makes it anew/,
          );
          assert.doesNotMatch(told.map(({ message }) => message).join('\n'), /prune removes/);
          assert.ok(finding(report, 'snapshot-incomplete'));
        });
      }
    }
  });

  it('names a flipped bit in the body of a data pack, the blob, and the files and snapshots it costs', async () => {
    await damaged(pathOf('data', packOfNoise), flipBit(100_000), async () => {
      assert.deepEqual((await check()).findings, [], 'without reading data it cannot be seen');
      await resticComplains('--read-data');
      const report = await check({ readData: true });
      assert.deepEqual(codes(report), ['blob-damaged', 'pack-damaged', 'snapshot-incomplete']);
      const blob = finding(report, 'blob-damaged');
      assert.deepEqual(blob.file, { kind: 'data', name: packOfNoise });
      assert.match(blob.message, /data blob [0-9a-f]{64}/);
      const incomplete = report.findings.filter(({ code }) => code === 'snapshot-incomplete');
      assert.equal(incomplete.length, 2);
      for (const { paths } of incomplete) assert.deepEqual(paths, ['/media/film']);
    });
  });

  it('names a flipped bit in the header of a pack, which costs no file', async () => {
    await damaged(pathOf('data', packOfNoise), flipBit(-20), async () => {
      await resticComplains('--read-data');
      const report = await check({ readData: true });
      assert.deepEqual(codes(report), ['pack-damaged', 'pack-header-damaged']);
      assert.deepEqual(finding(report, 'pack-header-damaged').file, { kind: 'data', name: packOfNoise });
    });
  });

  it('names the pack of a damaged tree without reading data', async () => {
    await damaged(pathOf('data', packOfTrees), flipBit(40), async () => {
      await resticComplains();
      const report = await check();
      assert.deepEqual(codes(report), ['snapshot-incomplete', 'tree-damaged']);
      assert.deepEqual(finding(report, 'tree-damaged').file, { kind: 'data', name: packOfTrees });
    });
  });

  it('names a truncated pack and what it costs without reading data', async () => {
    const truncated = (path: string): void => truncateSync(path, Math.floor(statSync(path).size / 2));
    await damaged(pathOf('data', packOfNoise), truncated, async () => {
      await resticComplains();
      const report = await check();
      assert.deepEqual(codes(report), ['pack-wrong-size', 'snapshot-incomplete']);
      assert.deepEqual(finding(report, 'pack-wrong-size').file, { kind: 'data', name: packOfNoise });
      assert.ok(finding(report, 'snapshot-incomplete').paths?.includes('/media/film'));
      const read = await check({ readData: true });
      assert.ok(codes(read).includes('pack-damaged'));
    });
  });

  it('names a missing pack and what it costs', async () => {
    await damaged(pathOf('data', packOfNoise), gone, async () => {
      await resticComplains();
      const report = await check({ readData: true });
      assert.deepEqual(codes(report), ['pack-missing', 'snapshot-incomplete']);
      assert.deepEqual(finding(report, 'pack-missing').file, { kind: 'data', name: packOfNoise });
    });
  });

  it('hints at a pack that no index names', async () => {
    const name = 'ab'.repeat(32);
    const path = pathOf('data', name);
    writeFileSync(path, 'left behind');
    try {
      const report = await check({ readData: true });
      assert.deepEqual(codes(report), ['pack-unreferenced']);
      assert.equal(report.errorCount, 0);
      assert.equal(report.hintCount, 1);
    } finally {
      rmSync(path);
    }
  });

  it('hints at what two index files say twice', async () => {
    const repository = await workshop.repository();
    const [original = ''] = await names('index');
    const copy = await repository.writeUnpacked('index', await repository.readUnpacked('index', original));
    const report = await check();
    assert.deepEqual(codes(report), ['pack-indexed-twice']);
    assert.equal(report.errorCount, 0);
    await repository.storage.remove({ kind: 'index', name: copy });
  });

  it('names a pack of which two index files say different things', async () => {
    const repository = await workshop.repository();
    const [original = ''] = await names('index');
    const index = JSON.parse((await repository.readUnpacked('index', original)).toString()) as {
      packs: { id: string; blobs: unknown[] }[];
    };
    const pack = index.packs.find(({ blobs }) => blobs.length > 1);
    assert.ok(pack);
    pack.blobs.pop();
    const copy = await repository.writeUnpacked('index', Buffer.from(JSON.stringify(index)));
    const report = await check();
    assert.deepEqual(finding(report, 'pack-index-contradiction').file, { kind: 'data', name: pack.id });
    await repository.storage.remove({ kind: 'index', name: copy });
  });

  it('finds blobs that no snapshot needs when it is asked to', async () => {
    const repository = await workshop.repository();
    const second = await repository.snapshot('latest', { tags: [['second']] });
    await damaged(pathOf('snapshot', second.id), gone, async () => {
      assert.deepEqual(codes(await check()), []);
      const report = await check({ checkUnused: true });
      assert.deepEqual(codes(report), ['blob-unused']);
      // The reply's blob, and the trees of its folder and the root.
      assert.equal(report.hintCount, 3);
    });
  });

  it('reads data in threads as well', async () => {
    await damaged(pathOf('data', packOfNoise), flipBit(100_000), async () => {
      const report = await check({ readData: true, workers: 2 });
      assert.deepEqual(codes(report), ['blob-damaged', 'pack-damaged', 'snapshot-incomplete']);
    });
  });
});

describe('trees that no sound program writes', () => {
  const treeOf = (...nodes: object[]): Buffer => Buffer.from(`${JSON.stringify({ nodes })}\n`);
  const node = (fields: object): object => ({
    mtime: '2024-01-01T00:00:00Z',
    atime: '2024-01-01T00:00:00Z',
    ctime: '2024-01-01T00:00:00Z',
    uid: 0,
    gid: 0,
    content: null,
    ...fields,
  });
  const checkTree = async (tree: Buffer): Promise<CheckReport> => {
    const { repository } = await createTestRepository();
    const saver = repository.saver();
    const { id } = await saver.save('tree', tree);
    await saver.finish();
    const snapshot = { time: '2024-01-01T00:00:00Z', tree: id.toString('hex'), paths: ['/'] };
    await repository.writeUnpacked('snapshot', Buffer.from(JSON.stringify(snapshot)));
    return await checkRepository(repository, { noLock: true, workers: 0, readData: true });
  };

  for (const [what, tree, code] of [
    ['a file without a list of contents', treeOf(node({ name: 'a', type: 'file' })), 'node-invalid'],
    ['an unknown type', treeOf(node({ name: 'a', type: 'irregular' })), 'node-invalid'],
    ['a folder without a tree', treeOf(node({ name: 'a', type: 'dir' })), 'node-invalid'],
    ['a name that leads out of the folder', treeOf(node({ name: '..', type: 'fifo' })), 'node-invalid'],
    ['a name with a slash', treeOf(node({ name: 'a/b', type: 'fifo' })), 'node-invalid'],
    ['an empty name', treeOf(node({ name: '', type: 'fifo' })), 'node-invalid'],
    [
      'the same name twice',
      treeOf(node({ name: 'a', type: 'fifo' }), node({ name: 'a', type: 'fifo' })),
      'tree-damaged',
    ],
    [
      'names out of order',
      treeOf(node({ name: 'b', type: 'fifo' }), node({ name: 'a', type: 'fifo' })),
      'tree-damaged',
    ],
    ['something that is no tree', Buffer.from('{"nodes":[{]}'), 'tree-damaged'],
    [
      'content that is nowhere',
      treeOf(node({ name: 'a', type: 'file', content: ['ab'.repeat(32)] })),
      'blob-missing',
    ],
    [
      'a folder whose tree is nowhere',
      treeOf(node({ name: 'a', type: 'dir', subtree: 'cd'.repeat(32) })),
      'tree-missing',
    ],
  ] as const) {
    it(`${what}: ${code}`, async () => {
      const report = await checkTree(tree);
      assert.ok(codes(report).includes(code), JSON.stringify(report.findings));
      assert.ok(report.errorCount > 0);
    });
  }

  it('an empty tree is fine', async () => {
    assert.deepEqual((await checkTree(treeOf())).findings, []);
  });
});

describe('a part of the data', () => {
  const packs = Array.from({ length: 512 }, (_, number) => ({
    name: (number % 256).toString(16).padStart(2, '0') + 'ab'.repeat(31),
    size: 100,
  }));

  it('n/t gives t parts that make up the whole', () => {
    const parts = [1, 2, 3].map((n) => selectSubset(packs, `${n}/3`));
    assert.equal(new Set(parts.flat()).size, packs.length);
    assert.equal(parts.flat().length, packs.length);
  });

  it('x% gives that share, and one pack at least', () => {
    assert.equal(selectSubset(packs, '25%').length, 128);
    assert.equal(selectSubset(packs, '0.01%').length, 1);
    assert.equal(new Set(selectSubset(packs, '100%')).size, 512);
  });

  it('bytes give packs of that size together', () => {
    assert.equal(selectSubset(packs, 1050).length, 10);
    assert.equal(selectSubset(packs, 1).length, 1);
  });

  it('anything else is refused', () => {
    for (const subset of ['0/3', '4/3', '1/257', '0%', '101%', 'x', '', '5', 0, -1, Number.NaN]) {
      assert.throws(() => selectSubset(packs, subset), InvalidSubsetError, String(subset));
    }
  });
});
