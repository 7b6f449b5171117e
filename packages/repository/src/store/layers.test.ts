/** A whole repository in both outer layers: written, checked, damaged on purpose, and read by stock tools. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  LocalStorage,
  openLayers,
  renewCrypt,
  type Storage,
  withLayers,
  X25519Identity,
} from '@octobox/storage';
import { peelLayers } from '@octobox/storage/testing';
import { backupFiles } from '../backup/files.ts';
import { checkRepository } from '../check/check.ts';
import { acquireLock } from '../locks/lock.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import { createTestRepository, restic, TEST_PASSWORD, treeDifferences, Workshop } from '../testing/index.ts';
import { Repository } from './repository.ts';

const identity = X25519Identity.generate();
const keys = {
  crypt: { password: 'of the destination', salt: 'and its salt' },
  age: { recipients: [identity.recipient], identities: [identity] },
};

describe('a repository in three layers', () => {
  let workshop: Workshop;
  let folder: string;
  let layered: Storage;
  beforeEach(async () => {
    workshop = Workshop.empty();
    folder = workshop.repositoryFolder;
    layered = await withLayers(new LocalStorage(folder), keys);
    const { repository } = await createTestRepository(layered);
    workshop.write('a/large', 3_000_000);
    workshop.write('a/small', 'small');
    workshop.write('b/other', 200_000);
    await backupFiles(repository, { paths: [workshop.source], host: 'host' });
    await repository.close();
  });
  afterEach(() => workshop[Symbol.asyncDispose]());

  const open = async (): Promise<Repository> => {
    const storage = await openLayers(new LocalStorage(folder), keys);
    const repository = await Repository.open(storage, { password: TEST_PASSWORD });
    await repository.loadIndex();
    return repository;
  };

  const check = async (): Promise<string[]> => {
    const repository = await open();
    const { findings } = await checkRepository(repository, { readData: true });
    await repository.close();
    return findings.map(({ code }) => code);
  };

  const storedPaths = (kind: string): string[] =>
    readdirSync(join(folder, kind), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  /** Files are read-only where they lie. */
  const overwrite = async (path: string, bytes: Uint8Array): Promise<void> => {
    await rm(path, { force: true });
    await writeFile(path, bytes);
  };

  it('has nothing of restic in plain sight, and is whole', async () => {
    for (const path of ['data', 'index', 'keys', 'snapshots'].flatMap(storedPaths)) {
      assert.match(path, /\/[0-9a-f]{64}\.bin\.age$/);
      assert.equal((await readFile(path)).toString('latin1', 0, 22), 'age-encryption.org/v1\n');
    }
    assert.deepEqual(await check(), []);
  });

  it('comes back with age, rclone and restic alone', async () => {
    const identityFile = workshop.path('identity');
    await writeFile(identityFile, `${identity.exportSecret()}\n`);
    const { crypt } = keys;
    const plain = await peelLayers({
      repository: folder,
      identityFile,
      crypt,
      workplace: workshop.path('peeled'),
    });
    await restic(['check', '--read-data'], { repository: plain });
    await restic(['restore', 'latest', '--target', workshop.path('out')], { repository: plain });
    assert.deepEqual(await treeDifferences(workshop.source, workshop.path('out') + workshop.source), []);
  });

  it('two files that were swapped are found, though each is authentic', async () => {
    const [one = '', two = ''] = storedPaths('data');
    const [first, second] = [await readFile(one), await readFile(two)];
    await overwrite(one, second);
    await overwrite(two, first);
    assert.ok((await check()).length > 0);
  });

  it('a snapshot replaced by another authentic file is not read', async () => {
    const [index = ''] = storedPaths('index');
    const [snapshot = ''] = storedPaths('snapshots');
    await overwrite(snapshot, await readFile(index));
    const repository = await open();
    await assert.rejects(Array.fromAsync(repository.snapshots()), { code: 'repository.damaged-file' });
    await repository.close();
  });

  it('a cut between two blocks of both layers is found', async () => {
    const sizes = await Promise.all(
      storedPaths('data').map(async (path) => ({ path, bytes: await readFile(path) })),
    );
    const { path, bytes } = sizes.sort((a, b) => b.bytes.length - a.bytes.length)[0] ?? assert.fail();
    await overwrite(path, bytes.subarray(0, 1024 + 65_552 * 3));
    assert.ok((await check()).includes('pack-damaged'));
  });

  it('with one damaged block the rest is restored', async () => {
    const packs = await Promise.all(
      storedPaths('data').map(async (path) => ({ path, bytes: await readFile(path) })),
    );
    const { path, bytes } = packs.sort((a, b) => b.bytes.length - a.bytes.length)[0] ?? assert.fail();
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await overwrite(path, bytes);
    assert.ok((await check()).includes('pack-damaged'));
    const repository = await open();
    const snapshot = await repository.snapshot('latest');
    const report = await restoreSnapshot(repository, snapshot, { target: workshop.path('out') });
    assert.ok(report.errors.length > 0);
    const restored = join(workshop.path('out') + workshop.source, 'a/small');
    assert.equal(await readFile(restored, 'utf8'), 'small');
    await repository.close();
  });

  it('a pack without its layers is named, by reading it and by check', async () => {
    const [pack = ''] = storedPaths('data');
    const name = pack.slice(-72, -8);
    await rm(pack);
    await writeFile(pack.slice(0, -8), await readFile(storedPaths('index')[0] ?? ''));
    const repository = await open();
    await assert.rejects(layered.read({ kind: 'data', name }), { code: 'storage.layer-missing' });
    await assert.rejects(checkRepository(repository), { code: 'storage.layer-missing' });
    await repository.close();
  });

  it('whose keys were changed since it was opened gives no lock, so that nothing is written with the earlier ones', async () => {
    const repository = await open();
    const current = { password: 'a later one', salt: 'and another salt' };
    await renewCrypt(new LocalStorage(folder), { earlier: keys.crypt, current, age: keys.age });
    const changed = { code: 'storage.layer-keys-changed' };
    await assert.rejects(acquireLock(repository, { kind: 'shared' }), changed);
    await assert.rejects(backupFiles(repository, { paths: [workshop.source], host: 'host' }), changed);
    assert.deepEqual(storedPaths('locks'), []);
    await repository.close();
  });
});
