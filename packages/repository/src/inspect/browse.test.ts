import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { backupFiles } from '../backup/files.ts';
import { encodeNode, TREE_HEAD, TREE_TAIL } from '../format/trees/tree.ts';
import { findFolder } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { createTestRepository } from '../testing/repository.ts';
import { browseFolder, InvalidPageError, pathHistory, readFileRange, searchSnapshot } from './browse.ts';
import { entriesOf } from './entries.ts';

describe('browsing snapshots', () => {
  let folder: string;
  let repository: Repository;
  let [first, second] = [{} as Snapshot, {} as Snapshot];
  const big = randomBytes(6_000_000);
  const at = (...names: string[]): string => join(folder, ...names);
  const backUp = async (): Promise<Snapshot> =>
    (await backupFiles(repository, { paths: [folder], host: 'here' })).snapshot as Snapshot;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-browse-'));
    repository = (await createTestRepository()).repository;
    await mkdir(at('many'));
    for (let number = 0; number < 25; number++)
      await writeFile(at('many', `n${number + 10}`), String(number));
    await writeFile(at('big'), big);
    first = await backUp();
    await writeFile(at('big'), 'small');
    await writeFile(at('late'), 'new');
    second = await backUp();
  });
  after(async () => {
    await repository.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives a folder page by page, every entry once', async () => {
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await browseFolder(repository, first, at('many'), { limit: 10, after: next });
      assert.ok(page.entries.length <= 10);
      seen.push(...page.entries.map(({ path }) => path.toString()));
      ({ next } = page);
    } while (next !== undefined);
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, number) => at('many', `n${number + 10}`)),
    );
    await assert.rejects(browseFolder(repository, first, '/', { after: '!' }), InvalidPageError);
    await assert.rejects(browseFolder(repository, first, '/', { limit: 0 }), InvalidPageError);
    await assert.rejects(browseFolder(repository, first, at('big')), /is no folder/);
  });

  it('searches names up to a limit, and says when it stopped', async () => {
    const some = await searchSnapshot(repository, first, { patterns: ['n1*'] }, { limit: 4 });
    assert.deepEqual([some.entries.length, some.complete], [4, false]);
    const all = await searchSnapshot(repository, first, { patterns: ['N1*'], ignoreCase: true });
    assert.deepEqual([all.entries.length, all.complete, all.unread], [10, true, 0]);
  });

  it('gives all entries one at a time, and goes on behind any place', async () => {
    const tree = Buffer.from(second.tree, 'hex');
    const all = await Array.fromAsync(entriesOf(repository, tree, { recursive: true }));
    const paths = all.map(({ path }) => path.toString());
    assert.ok(paths.indexOf(at('many')) < paths.indexOf(at('many', 'n10')));
    for (const [index, path] of paths.entries()) {
      const rest = entriesOf(repository, tree, { recursive: true, after: Buffer.from(path) });
      assert.deepEqual(
        (await Array.fromAsync(rest)).map((entry) => entry.path.toString()),
        paths.slice(index + 1),
      );
    }
    const folder = Buffer.from(at('many'));
    const inside = entriesOf(repository, await findFolder(repository, tree, folder), {
      folder,
      after: Buffer.from(at('many', 'n339')),
    });
    assert.deepEqual((await inside.next()).value?.path.toString(), at('many', 'n34'));
    const behind = entriesOf(repository, tree, { recursive: true, after: Buffer.from('/zzz/never') });
    assert.equal((await behind.next()).done, true);
  });

  it('passes over folders that are not to be entered, and says when it left those that it read from their beginning', async () => {
    const tree = Buffer.from(second.tree, 'hex');
    const many = await findFolder(repository, tree, Buffer.from(at('many')));
    const read = async (options: { after?: Buffer; not?: Buffer }) => {
      const calls: string[] = [];
      const entries = entriesOf(repository, tree, {
        ...{ recursive: true, after: options.after },
        enter: (each) => {
          if (options.not?.equals(each) === true) return false;
          calls.push(each.equals(many) ? 'many' : 'above');
          return true;
        },
        left: () => calls.push('left'),
      });
      const paths = (await Array.fromAsync(entries)).map(({ path }) => path.toString());
      return { calls, isInside: paths.includes(at('many', 'n34')) };
    };
    const depth = folder.split('/').length - 1;
    const above = (word: string) => Array.from({ length: depth }, () => word);
    assert.deepEqual(await read({}), {
      calls: [...above('above'), 'many', 'left', ...above('left')],
      isInside: true,
    });
    assert.deepEqual(await read({ not: many }), {
      calls: [...above('above'), ...above('left')],
      isInside: false,
    });
    // What goes on in the middle of a folder does not know all of it.
    assert.deepEqual(await read({ after: Buffer.from(at('many', 'n12')) }), {
      calls: [],
      isInside: true,
    });
    assert.deepEqual((await read({ after: Buffer.from(at('many')) })).calls, ['many', 'left']);
  });

  it('reads any range of a file', async () => {
    for (const [offset, length] of [
      [0, 10],
      [1_999_999, 3_000_001],
      [5_999_990, 100],
      [7_000_000, 5],
    ] as const) {
      const pieces = await Array.fromAsync(readFileRange(repository, first, at('big'), { offset, length }));
      assert.deepEqual(Buffer.concat(pieces), big.subarray(offset, offset + length));
    }
    const wrong = readFileRange(repository, first, at('big'), { offset: -1 });
    await assert.rejects(wrong.next(), InvalidPageError);
    await assert.rejects(readFileRange(repository, first, at('many')).next(), /is no file/);
  });

  it('tells the history of a path, also where it is absent', async () => {
    const history = async (name: string) =>
      (await Array.fromAsync(pathHistory(repository, at(name)))).map(({ snapshot, node, changed }) => [
        snapshot.id,
        node?.size,
        changed,
      ]);
    assert.deepEqual(await history('big'), [
      [first.id, 6_000_000n, true],
      [second.id, 5n, true],
    ]);
    assert.deepEqual(await history('late'), [
      [first.id, undefined, false],
      [second.id, 3n, true],
    ]);
    assert.deepEqual(
      (await history('many/n12')).map(([, , changed]) => changed),
      [true, false],
    );
  });

  it('pages through a folder of 80,000 entries in memory that does not grow with it', async () => {
    const node = (await browseFolder(repository, first, at('many'), { limit: 1 })).entries[0]?.node;
    assert.ok(node !== undefined);
    const json = Array.from({ length: 80_000 }, (_, number) =>
      encodeNode({ ...node, name: Buffer.from(`entry-${String(number).padStart(7, '0')}`) }),
    ).join(',');
    const saver = repository.saver();
    const { id } = await saver.save('tree', Buffer.from(TREE_HEAD + json + TREE_TAIL));
    await saver.finish();
    const tree = { tree: id.toString('hex') };
    global.gc?.();
    const start = process.memoryUsage.rss();
    const page = await browseFolder(repository, tree, '/', {
      limit: 100,
      after: Buffer.from('entry-0070000').toString('base64url'),
    });
    assert.equal(page.entries[0]?.node.name.toString(), 'entry-0070001');
    assert.equal(page.entries.length, 100);
    // The whole tree is 25 MB of text and would be several times that as objects.
    assert.ok(process.memoryUsage.rss() - start < 100 * 1024 * 1024, 'the folder was held as a whole');
  });
});
