import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BlobMissingError } from '../errors.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { makeFixtureTree } from '../testing/fixture-tree.ts';
import { describeTree } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { dumpFile } from './dump-file.ts';
import { listNodes } from './list-nodes.ts';
import { FileNotInSnapshotError, NotAFileError, NotAFolderError } from './restore-errors.ts';

let workshop: Workshop;
let repository: Repository;
let snapshot: Snapshot;
before(async () => {
  workshop = await Workshop.open();
  makeFixtureTree(workshop.source, { rawLinkTargets: false, linkAttributes: false });
  snapshot = await workshop.backup();
  repository = await workshop.repository();
});
after(() => workshop[Symbol.asyncDispose]());

const paths = async (options: Parameters<typeof listNodes>[2]): Promise<string[]> =>
  (await Array.fromAsync(listNodes(repository, snapshot, options))).map(({ path }) =>
    path.toString('latin1'),
  );

describe('ls', () => {
  it('lists every entry of the snapshot, a folder before what is in it', async () => {
    const listed = await paths({ recursive: true });
    // The root itself is no entry.
    assert.equal(listed.length, describeTree(workshop.source).size - 1);
    for (const [at, path] of listed.entries()) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      assert.ok(folder === '' || listed.indexOf(folder) < at, path);
    }
  });

  it('lists one folder, by any spelling of its path', async () => {
    const listed = await paths({ path: '/contents' });
    assert.deepEqual(await paths({ path: 'contents/' }), listed);
    assert.deepEqual(await paths({ path: Buffer.from('//contents') }), listed);
    assert.ok(listed.includes('/contents/empty file'));
    assert.ok(!listed.some((path) => path.split('/').length > 3));
  });

  it('lists one file', async () => {
    assert.deepEqual(await paths({ path: '/contents/noise' }), ['/contents/noise']);
  });

  it('says what is not there', async () => {
    await assert.rejects(paths({ path: '/contents/nothing' }), FileNotInSnapshotError);
    await assert.rejects(paths({ path: '/contents/noise/below' }), NotAFolderError);
  });
});

describe('dump', () => {
  const dump = async (path: string): Promise<Buffer> =>
    Buffer.concat(await Array.fromAsync(dumpFile(repository, snapshot, path)));

  it('gives the content of a file', async () => {
    for (const name of ['empty file', 'one byte', 'text', 'noise']) {
      const content = readFileSync(join(workshop.source, 'contents', name));
      const dumped = await dump(`/contents/${name}`);
      assert.equal(hash(dumped), hash(content), name);
    }
  });

  it('says what is no file or not there', async () => {
    await assert.rejects(dump('/contents'), NotAFileError);
    await assert.rejects(dump('/'), FileNotInSnapshotError);
    await assert.rejects(dump('/contents/nothing'), FileNotInSnapshotError);
  });

  it('ends with an error, never early, when content is missing', async () => {
    await using other = await Workshop.open();
    const empty = await other.repository();
    const saver = empty.saver();
    const first = await saver.save('data', Buffer.from('first'));
    const times = {
      mtime: '2024-01-01T00:00:00Z',
      atime: '2024-01-01T00:00:00Z',
      ctime: '2024-01-01T00:00:00Z',
    };
    const content = [first.id.toString('hex'), 'ab'.repeat(32)];
    const file = { name: 'file', type: 'file', ...times, uid: 0, gid: 0, size: 10, content };
    const tree = await saver.save('tree', Buffer.from(`${JSON.stringify({ nodes: [file] })}\n`));
    await saver.finish();
    const broken = { ...snapshot, tree: tree.id.toString('hex') };
    let bytes = '';
    await assert.rejects(async () => {
      for await (const piece of dumpFile(empty, broken, 'file')) bytes += piece.toString();
    }, BlobMissingError);
    assert.equal(bytes, 'first');
  });
});

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
