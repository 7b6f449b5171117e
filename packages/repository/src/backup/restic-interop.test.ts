/** Our backups beside those of a real restic, on the same folder and in the same repository. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { decodeTree } from '../format/trees/tree.ts';
import { Repository } from '../store/repository.ts';
import {
  createTestRepository,
  makeFixtureTree,
  noise,
  restic,
  TEST_PASSWORD,
  treeDifferences,
} from '../testing/index.ts';
import { backupFiles } from './files.ts';
import { backupStreams } from './streams.ts';

const UTC = { TZ: 'UTC' };
const HOST = 'test-host';

/** What restic 0.14, the oldest that reads version 2, cannot keep is left out; newer ones are tried by hand. */
const OLDEST_RESTIC = { rawLinkTargets: false, linkAttributes: false };

interface Scene {
  readonly source: string;
  readonly path: string;
  readonly repository: Repository;
  readonly out: string;
}

async function scene(t: TestContext): Promise<Scene> {
  const base = mkdtempSync(join(tmpdir(), 'octobox-backup-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const [source, path, out] = [join(base, 'source'), join(base, 'repository'), join(base, 'out')];
  const { repository } = await createTestRepository(new LocalStorage(path));
  return { source, path, repository, out };
}

/** The id of a folder's tree inside a snapshot. */
async function treeAt(repository: Repository, root: string, folder: string): Promise<string> {
  await repository.loadIndex();
  let id: Buffer = Buffer.from(root, 'hex');
  for (const name of folder.split('/').filter((part) => part !== '')) {
    const node = [...decodeTree(await repository.loadBlob('tree', id))].find(
      (one) => one.name.toString() === name,
    );
    assert.ok(node?.subtree, `${name} is not in the snapshot`);
    id = node.subtree;
  }
  return id.toString('hex');
}

interface ResticSnapshot {
  readonly id: string;
  readonly tree: string;
  readonly parent?: string;
}

async function resticSnapshots(path: string): Promise<ResticSnapshot[]> {
  return JSON.parse((await restic(['snapshots', '--json'], { repository: path })).stdout);
}

async function resticBackup(path: string, source: string): Promise<Record<string, number>> {
  const args = ['backup', '--json', '--host', HOST, source];
  const { stdout } = await restic(args, { repository: path, env: UTC });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe('a backup beside restic', () => {
  it('gives the same tree as restic does, byte for byte', async (t) => {
    const { source, path, repository } = await scene(t);
    makeFixtureTree(source, OLDEST_RESTIC);
    const { snapshot, errors } = await backupFiles(repository, { paths: [source], host: HOST });
    assert.ok(snapshot);
    assert.deepEqual(errors, []);
    const before = await resticBackup(path, source);
    assert.equal(before.data_blobs, 0, 'restic cuts and names the blobs as we do');
    const [, theirs] = await resticSnapshots(path);
    assert.ok(theirs);
    assert.equal(theirs.parent, snapshot.id, 'restic takes our snapshot as its parent');
    assert.equal(
      await treeAt(repository, theirs.tree, source),
      await treeAt(repository, snapshot.tree, source),
    );
  });

  it('is checked and restored by restic, identical in content and metadata', async (t) => {
    const { source, path, repository, out } = await scene(t);
    makeFixtureTree(source, OLDEST_RESTIC);
    await backupFiles(repository, { paths: [source], host: HOST });
    await restic(['check', '--read-data'], { repository: path });
    await restic(['restore', 'latest', '--target', out], { repository: path });
    assert.deepEqual(treeDifferences(source, join(out, source)), []);
  });

  it('adds nothing to what restic stored, and takes its snapshot as the parent', async (t) => {
    const { source, path, repository } = await scene(t);
    makeFixtureTree(source, OLDEST_RESTIC);
    await resticBackup(path, source);
    const [theirs] = await resticSnapshots(path);
    const { snapshot, summary } = await backupFiles(repository, { paths: [source], host: HOST });
    assert.equal(snapshot?.parent, theirs?.id);
    assert.equal(summary.filesUnmodified, summary.totalFilesProcessed);
    assert.equal(summary.dataBlobs, 0);
    assert.ok(theirs && snapshot);
    assert.equal(
      await treeAt(repository, snapshot.tree, source),
      await treeAt(repository, theirs.tree, source),
    );

    const forced = await backupFiles(repository, { paths: [source], host: HOST, force: true });
    assert.equal(forced.snapshot?.parent, undefined);
    assert.equal(forced.summary.dataBlobs, 0, 'reading everything again finds every blob');
    await restic(['check', '--read-data'], { repository: path });
  });

  it('takes turns with restic on a changing folder', async (t) => {
    const { source, path, repository, out } = await scene(t);
    mkdirSync(source);
    writeFileSync(join(source, 'big'), noise('turns', 20_000_000));
    await resticBackup(path, source);
    // One byte in front: all but the first chunk stay the same, whoever cuts.
    writeFileSync(join(source, 'big'), Buffer.concat([Buffer.from('!'), noise('turns', 20_000_000)]));
    const ours = await backupFiles(repository, { paths: [source], host: HOST });
    assert.equal(ours.summary.filesChanged, 1);
    assert.ok(ours.summary.dataAdded < 9_000_000, `${ours.summary.dataAdded} bytes were new`);
    writeFileSync(join(source, 'small'), 'new');
    const theirs = await resticBackup(path, source);
    assert.equal(theirs.data_blobs, 1);
    assert.equal(theirs.files_unmodified, 1);
    await restic(['restore', 'latest', '--target', out], { repository: path });
    assert.deepEqual(treeDifferences(source, join(out, source)), []);
    await restic(['check', '--read-data'], { repository: path });
  });

  it('reads a repository that restic made', async (t) => {
    const { source, path, out } = await scene(t);
    rmSync(path, { recursive: true });
    await restic(['init', '--repository-version', '2'], { repository: path });
    makeFixtureTree(source, OLDEST_RESTIC);
    const repository = await Repository.open(new LocalStorage(path), { password: TEST_PASSWORD });
    await backupFiles(repository, { paths: [source], host: HOST });
    const theirs = await resticBackup(path, source);
    assert.equal(theirs.data_blobs, 0, 'both use the polynomial of the repository');
    await restic(['restore', 'latest', '--target', out], { repository: path });
    assert.deepEqual(treeDifferences(source, join(out, source)), []);
  });

  it('stores streams that restic gives back', async (t) => {
    const { path, repository } = await scene(t);
    const dump = noise('dump', 12_345_678);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < dump.length; at += 65_536) yield dump.subarray(at, at + 65_536);
    }
    const { snapshot } = await backupStreams(repository, {
      folder: '/postgres/shop',
      host: HOST,
      files: [
        { path: 'shop.dump', content: pieces() },
        { path: 'extra/roles.sql', content: Readable.from([Buffer.from('create role x;\n')]) },
      ],
    });
    assert.deepEqual(snapshot?.paths, ['/postgres/shop']);
    await restic(['check', '--read-data'], { repository: path });
    const got = await restic(['dump', 'latest', '/postgres/shop/extra/roles.sql'], { repository: path });
    assert.equal(got.stdout, 'create role x;\n');
    const target = join(path, '..', 'dump');
    await restic(['restore', 'latest', '--target', target], { repository: path });
    assert.ok(readFileSync(join(target, 'postgres/shop/shop.dump')).equals(dump));
    const again = await backupStreams(repository, {
      folder: '/postgres/shop',
      host: HOST,
      files: [{ path: 'shop.dump', content: pieces() }],
    });
    assert.equal(again.summary.dataBlobs, 0);
    assert.equal(again.snapshot?.parent, snapshot?.id);
  });
});
