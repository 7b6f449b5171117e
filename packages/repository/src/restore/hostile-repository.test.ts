/** Repositories made by somebody who has the key and means harm: nothing outside the target folder is touched. */
import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, it } from 'node:test';
import { checkRepository } from '../check/check.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { listTree } from '../inspect/list-tree.ts';
import { countRepository } from '../inspect/repository-statistics.ts';
import type { Repository } from '../store/repository.ts';
import { Workshop } from '../testing/workshop.ts';
import { restoreSnapshot } from './restore.ts';

const times =
  '"mode":420,"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","uid":0,"gid":0';
const quoted = (name: string): string => JSON.stringify(name);

interface Hostile {
  readonly workshop: Workshop;
  readonly repository: Repository;
  /** id of a blob that holds "evil" */
  readonly evil: string;
}

async function hostile(): Promise<Hostile & AsyncDisposable> {
  const workshop = await Workshop.open();
  const repository = await workshop.repository();
  const saver = repository.saver();
  const { id } = await saver.save('data', Buffer.from('evil'));
  await saver.finish();
  mkdirSync(workshop.path('target'));
  mkdirSync(workshop.path('outside'));
  writeFileSync(workshop.path('outside', 'kept'), 'kept');
  return {
    workshop,
    repository,
    evil: id.toString('hex'),
    [Symbol.asyncDispose]: () => workshop[Symbol.asyncDispose](),
  };
}

const fileNode = (name: string, blob: string, more = ''): string =>
  `{"name":${quoted(name)},"type":"file",${times},"size":4${more},"content":["${blob}"]}`;
const folderNode = (name: string, subtree: string): string =>
  `{"name":${quoted(name)},"type":"dir",${times},"content":null,"subtree":"${subtree}"}`;
const linkNode = (name: string, target: string): string =>
  `{"name":${quoted(name)},"type":"symlink",${times},"linktarget":${quoted(target)},"content":null}`;

async function saveTree({ repository }: Hostile, ...nodes: string[]): Promise<string> {
  const saver = repository.saver();
  const { id } = await saver.save('tree', Buffer.from(`{"nodes":[${nodes.join(',')}]}\n`));
  await saver.finish();
  return id.toString('hex');
}

/** Restores the tree; whatever comes of it, nothing but the target folder changed. */
async function restore(at: Hostile, tree: string): Promise<{ errors: number; thrown?: unknown }> {
  const { repository, workshop } = at;
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
  const id = await repository.writeUnpacked(
    'snapshot',
    encodeSnapshot({ ...content, time: '2026-01-01T00:00:00Z' }),
  );
  const outcome = await restoreSnapshot(repository, await repository.readSnapshot(id), {
    target: workshop.path('target'),
    workers: 0,
    noLock: true,
    signal: AbortSignal.timeout(30_000),
  }).then(
    ({ errorCount }) => ({ errors: errorCount }),
    (thrown: unknown) => ({ errors: 1, thrown }),
  );
  assert.notEqual((outcome as { thrown?: Error }).thrown?.name, 'TimeoutError', 'it hung');
  assert.deepEqual(readdirSync(workshop.path('outside')), ['kept']);
  assert.equal(readFileSync(workshop.path('outside', 'kept'), 'utf8'), 'kept');
  assert.deepEqual(readdirSync(workshop.folder).sort(), ['outside', 'repository', 'source', 'target']);
  return outcome;
}

describe('a hostile repository', { timeout: 120_000 }, () => {
  const names = [
    '..',
    '.',
    '',
    '/',
    '../outside/kept',
    'a/b',
    '/etc/octobox-was-here',
    '\\x00',
    'a\\x00b',
    'x'.repeat(5000),
  ];
  for (const name of names) {
    it(`cannot write through the name ${JSON.stringify(name.slice(0, 20))}`, async () => {
      await using at = await hostile();
      const inner = await saveTree(at, fileNode('kept', at.evil));
      const asFile = await restore(at, await saveTree(at, fileNode(name, at.evil)));
      assert.ok(asFile.errors > 0, 'it is told');
      const asFolder = await restore(at, await saveTree(at, folderNode(name, inner)));
      assert.ok(asFolder.errors > 0, 'it is told');
      assert.ok(!existsSync('/etc/octobox-was-here'));
    });
  }

  it('cannot write through a link that it restored before, or that was there', async () => {
    await using at = await hostile();
    const outside = at.workshop.path('outside');
    const inner = await saveTree(at, fileNode('kept', at.evil));
    await restore(at, await saveTree(at, linkNode('door', outside)));
    assert.ok(lstatSync(at.workshop.path('target', 'door')).isSymbolicLink());
    await restore(at, await saveTree(at, folderNode('door', inner)));
    // The same name twice in one tree, first as a link.
    await restore(at, await saveTree(at, linkNode('gate', outside), folderNode('gate', inner)));
    symlinkSync(outside, at.workshop.path('target', 'hole'));
    symlinkSync(at.workshop.path('outside', 'kept'), at.workshop.path('target', 'kept'));
    await restore(at, await saveTree(at, folderNode('hole', inner), fileNode('kept', at.evil)));
  });

  it('cannot make device nodes, or claim sizes that fill the disk', async () => {
    await using at = await hostile();
    const dev = `{"name":"disk","type":"dev",${times},"device":2049,"content":null}`;
    await restore(at, await saveTree(at, dev));
    for (const size of ['9223372036854775808', '18446744073709551615', '1e300', '-1']) {
      const node = `{"name":"huge","type":"file",${times},"size":${size},"content":["${at.evil}"]}`;
      await restore(at, await saveTree(at, node));
    }
    const huge = at.workshop.path('target', 'huge');
    assert.ok(!existsSync(huge) || lstatSync(huge).blocks < 100, 'no disk is filled');
  });

  it('with folders a thousand deep neither crashes nor hangs restore or check', async () => {
    await using at = await hostile();
    let tree = await saveTree(at, fileNode('end', at.evil));
    const saver = at.repository.saver();
    for (let depth = 0; depth < 1200; depth++) {
      const { id } = await saver.save('tree', Buffer.from(`{"nodes":[${folderNode('d', tree)}]}\n`));
      tree = id.toString('hex');
    }
    await saver.finish();
    const { errors } = await restore(at, tree);
    assert.equal(errors, 0);
    const report = await checkRepository(at.repository, { noLock: true, workers: 0 });
    assert.equal(report.errorCount, 0);
  });

  it('cannot write through a file of the target that has a second name outside', async () => {
    await using at = await hostile();
    linkSync(at.workshop.path('outside', 'kept'), at.workshop.path('target', 'kept'));
    await restore(at, await saveTree(at, fileNode('kept', at.evil)));
    assert.equal(readFileSync(at.workshop.path('target', 'kept'), 'utf8'), 'evil');
  });

  it('cannot write through a second name of a file that became a link', async () => {
    await using at = await hostile();
    const twoNames = ',"links":2,"inode":7,"device_id":1';
    const outside = at.workshop.path('outside', 'kept');
    const first = fileNode('a', at.evil, twoNames);
    const second = fileNode('b', at.evil, twoNames);
    await restore(at, await saveTree(at, first, linkNode('a', outside), second));
    await restore(at, await saveTree(at, linkNode('a', outside), first, second));
    symlinkSync(outside, at.workshop.path('target', 'c'));
    await restore(at, await saveTree(at, fileNode('c', at.evil, twoNames), fileNode('d', at.evil, twoNames)));
  });

  it('with 10^30 entries in thirty trees is checked at once, and all that lists it can be ended', async () => {
    await using at = await hostile();
    let tree = await saveTree(at, fileNode('end', at.evil));
    const saver = at.repository.saver();
    const names = Array.from({ length: 10 }, (_, number) => `d${number}`);
    for (let depth = 0; depth < 30; depth++) {
      const nodes = names.map((name) => folderNode(name, tree)).join(',');
      tree = (await saver.save('tree', Buffer.from(`{"nodes":[${nodes}]}\n`))).id.toString('hex');
    }
    await saver.finish();
    const content = { paths: ['/x'], hostname: 'h', username: '', uid: 0, gid: 0, tags: [], excludes: [] };
    const json = encodeSnapshot({ ...content, tree, time: '2026-01-01T00:00:00Z' });
    const id = await at.repository.writeUnpacked('snapshot', json);
    const snapshot = await at.repository.readSnapshot(id);
    const { repository } = at;

    const report = await checkRepository(repository, { noLock: true, workers: 0 });
    assert.equal(report.errorCount, 0);
    const statistics = await countRepository(repository, [snapshot], { mode: 'raw-data' });
    assert.equal(statistics.blobs, 32);

    const before = process.memoryUsage().rss;
    const endless: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      ls: async (signal) => {
        for await (const _ of listTree(repository, Buffer.from(tree, 'hex'), Buffer.from('/'), { signal }));
      },
      stats: (signal) => countRepository(repository, [snapshot], { mode: 'restore-size', signal }),
      restore: (signal) =>
        restoreSnapshot(repository, snapshot, {
          target: at.workshop.path('target'),
          workers: 0,
          noLock: true,
          dryRun: true,
          signal,
        }),
    };
    for (const [name, run] of Object.entries(endless)) {
      const begun = performance.now();
      await assert.rejects(run(AbortSignal.timeout(700)), { name: 'TimeoutError' }, name);
      assert.ok(performance.now() - begun < 10_000, `${name} ends when it is told to`);
    }
    assert.ok(process.memoryUsage().rss - before < 400_000_000, 'memory stays bounded');
  });
});
