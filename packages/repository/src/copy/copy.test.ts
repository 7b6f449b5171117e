import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { createTestRepository, TEST_PASSWORD, WEAK_KDF } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyCopy } from './apply-copy.ts';
import { CopyRefusedError, planCopy } from './copy-plan.ts';

const all = (repository: Repository): Promise<Snapshot[]> => Array.fromAsync(repository.snapshots());
const other = 'another password';

describe('copying snapshots to a repository with other keys', () => {
  let workshop: Workshop;
  let folder = '';
  let source: Repository;
  before(async () => {
    workshop = await Workshop.open();
    for (let number = 0; number < 20; number++) workshop.write(`folder/file${number}`, 60_000);
    await workshop.backup('--tag', 'a');
    workshop.write('folder/file3', 70_000);
    await workshop.backup('--tag', 'b');
    source = await workshop.repository();
    folder = workshop.path('target');
    const storage = new LocalStorage(folder);
    await (await Repository.init(storage, { password: other, kdf: WEAK_KDF })).close();
  });
  after(() => workshop[Symbol.asyncDispose]());

  const target = async (): Promise<Repository> => {
    const repository = await Repository.open(new LocalStorage(folder), { password: other });
    await repository.loadIndex();
    return repository;
  };

  it('keeps trees, remembers the originals, and restic finds the target whole', async () => {
    const to = await target();
    const plan = await planCopy(source, to, await all(source), []);
    const copied = await applyCopy(source, to, plan);
    assert.equal(copied.length, 2);
    const [from, there] = [await all(source), await all(await target())];
    for (const { source: id, copy } of copied) {
      const [a, b] = [from.find((one) => one.id === id), there.find((one) => one.id === copy)];
      assert.equal(b?.original, id);
      assert.deepEqual(
        { ...b, id: '', original: undefined, parent: undefined },
        { ...a, id: '', original: undefined, parent: undefined },
      );
    }
    await restic(['check', '--read-data'], { repository: folder, password: other });
  });

  it('passes over what was copied before: by itself, by restic, and copied back', async () => {
    const to = await target();
    const again = await planCopy(source, to, await all(source), await all(to));
    assert.equal(again.snapshots, 0);
    assert.equal(again.skipped.length, 2);
    // restic sees it the same way in both directions.
    const env = { RESTIC_FROM_PASSWORD: TEST_PASSWORD, RESTIC_FROM_REPOSITORY: workshop.repositoryFolder };
    await restic(['copy'], { repository: folder, password: other, env });
    assert.equal((await all(await target())).length, 2);
    const back = await planCopy(to, source, await all(to), await all(source));
    assert.equal(back.snapshots, 0);
  });

  it('copies only what the target lacks', async () => {
    workshop.write('folder/file4', 80_000);
    await workshop.backup('--tag', 'c');
    const from = await workshop.repository();
    const to = await target();
    const plan = await planCopy(from, to, await all(from), await all(to));
    assert.equal(plan.snapshots, 1);
    assert.ok(plan.bytes < 100_000, `${plan.bytes} bytes for one new file of 80,000`);
    const bytes: number[] = [];
    await applyCopy(from, to, plan, { onProgress: (progress) => bytes.push(progress.bytes) });
    assert.equal(bytes.at(-1), plan.bytes);
    await restic(['check', '--read-data'], { repository: folder, password: other });
  });

  it('refuses a source that lacks something, and leaves the target as it was', async () => {
    const from = await workshop.repository();
    const { repository: to, storage } = await createTestRepository();
    for (const index of readdirSync(workshop.path('repository/index')).slice(1)) {
      rmSync(workshop.path('repository/index', index));
    }
    from.forgetIndex();
    await from.loadIndex();
    await assert.rejects(planCopy(from, to, await all(from), []), CopyRefusedError);
    assert.deepEqual(await Array.fromAsync(storage.list('data')), []);
  });
});

it('goes on from the other copy when a pack is gone and another one has its blobs', async () => {
  await using workshop = await Workshop.open();
  for (let number = 0; number < 5; number++) workshop.write(`folder/file${number}`, 30_000);
  const twin = workshop.path('twin');
  cpSync(workshop.repositoryFolder, twin, { recursive: true });
  await workshop.backup();
  const packs = (): string[] =>
    (readdirSync(`${workshop.repositoryFolder}/data`, { recursive: true }) as string[]).filter((name) =>
      name.includes('/'),
    );
  const own = packs();
  await restic(['backup', '.'], { repository: twin, password: TEST_PASSWORD, cwd: workshop.source });
  for (const kind of ['data', 'index'])
    cpSync(`${twin}/${kind}`, `${workshop.repositoryFolder}/${kind}`, { recursive: true, force: false });
  const theirs = packs().filter((name) => !own.includes(name));
  assert.ok(own.length > 0 && theirs.length > 0);
  for (const [at, gone] of [own, theirs].entries()) {
    const hidden = workshop.path(`hidden${at}`);
    cpSync(`${workshop.repositoryFolder}/data`, hidden, { recursive: true });
    for (const name of gone) rmSync(`${workshop.repositoryFolder}/data/${name}`);
    const source = await workshop.repository();
    const folder = workshop.path(`target${at}`);
    const target = await Repository.init(new LocalStorage(folder), { password: other, kdf: WEAK_KDF });
    await target.loadIndex();
    const plan = await planCopy(source, target, await all(source), []);
    assert.equal((await applyCopy(source, target, plan)).length, 1);
    await target.close();
    await restic(['check', '--read-data'], { repository: folder, password: other });
    cpSync(hidden, `${workshop.repositoryFolder}/data`, { recursive: true, force: false });
  }
});
