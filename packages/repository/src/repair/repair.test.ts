import assert from 'node:assert/strict';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { checkRepository } from '../check/check.ts';
import { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyRepairIndex, planRepairIndex, repairsIndex } from './repair-index.ts';
import { applyRepairPacks, planRepairPacks, UnknownPackError } from './repair-packs.ts';
import { applyRepairSnapshots, planRepairSnapshots } from './repair-snapshots.ts';

const all = (repository: Repository): Promise<Snapshot[]> => Array.fromAsync(repository.snapshots());
const open = (folder: string): Promise<Repository> =>
  Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
const files = (folder: string, kind: string): string[] =>
  readdirSync(join(folder, kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const nameOf = (path: string): string => path.split('/').at(-1) ?? '';

const errorsOf = async (folder: string): Promise<string[]> => {
  const repository = await open(folder);
  const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
  return report.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
};

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
}

describe('repairing', () => {
  let workshop: Workshop;
  let count = 0;
  before(async () => {
    workshop = await Workshop.open();
    for (let number = 0; number < 12; number++) workshop.write(`folder${number % 3}/file${number}`, 50_000);
    await workshop.backup();
    workshop.write('folder1/late', 60_000);
    await workshop.backup();
  });
  after(() => workshop[Symbol.asyncDispose]());

  /** A copy of the whole repository to damage. */
  function copy(): string {
    const folder = workshop.path(`copy${count++}`);
    cpSync(workshop.repositoryFolder, folder, { recursive: true });
    return folder;
  }

  /** The data pack with the most bytes, and the one with trees. */
  async function packs(folder: string): Promise<{ data: string; tree: string }> {
    const repository = await open(folder);
    const table = await repository.loadIndex();
    const found = { data: '', tree: '' };
    // Each backup made its own packs, and index files come in no order: the first backup's have the most blobs.
    const counts = new Map<string, number>();
    for (let entry = 0; entry < table.entryCount; entry++) {
      const { type, pack } = table.locationAt(entry);
      const path = join(folder, 'data', pack.slice(0, 2), pack);
      counts.set(path, (counts.get(path) ?? 0) + 1);
      if ((counts.get(path) ?? 0) > (counts.get(found[type]) ?? 0)) found[type] = path;
    }
    return found;
  }

  const damages: Record<string, (folder: string) => void | Promise<void>> = {
    'one index file is lost': (folder) => rmSync(files(folder, 'index')[0] ?? ''),
    'all index files are lost': (folder) => {
      for (const path of files(folder, 'index')) rmSync(path);
    },
    'an index file is damaged': (folder) => flip(files(folder, 'index')[0] ?? '', 30),
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`the index is made anew when ${what}`, async () => {
      const folder = copy();
      await damage(folder);
      assert.notDeepEqual(await errorsOf(folder), []);
      const repository = await open(folder);
      const plan = await planRepairIndex(repository);
      assert.ok(repairsIndex(plan));
      await applyRepairIndex(repository, plan);
      assert.deepEqual(await errorsOf(folder), []);
      await restic(['check', '--read-data'], { repository: folder });
      assert.ok(!repairsIndex(await planRepairIndex(repository)), 'nothing is left to do');
    });
  }

  it('a whole index is left alone, and with readAllPacks comes out the same', async () => {
    const folder = copy();
    const repository = await open(folder);
    assert.ok(!repairsIndex(await planRepairIndex(repository)));
    const before = files(folder, 'index');
    await applyRepairIndex(repository, await planRepairIndex(repository, { readAllPacks: true }));
    assert.ok(files(folder, 'index').every((path) => !before.includes(path)));
    await restic(['check', '--read-data'], { repository: folder });
  });

  it('a damaged pack gives back its sound blobs, and snapshots lose only what is lost', async () => {
    const folder = copy();
    const { data } = await packs(folder);
    flip(data, 100);
    const repository = await open(folder);
    await repository.loadIndex();
    const plan = await planRepairPacks(repository, [nameOf(data)]);
    assert.equal(plan.packs[0]?.lost.length, 1);
    assert.ok((plan.packs[0]?.sound.length ?? 0) > 1);
    await applyRepairPacks(repository, plan);
    assert.ok(!files(folder, 'data').includes(data));

    await repository.loadIndex();
    const before = await all(repository);
    const repair = await planRepairSnapshots(repository, before, { forget: true }, before);
    assert.deepEqual([...new Set(repair.repaired.map(({ change }) => change))], ['content-removed']);
    const twin = workshop.path('twin');
    cpSync(folder, twin, { recursive: true });
    await applyRepairSnapshots(repository, repair);
    assert.deepEqual(await errorsOf(folder), []);
    await restic(['check', '--read-data'], { repository: folder });
    // What restic makes of it, where it can (since 0.16).
    const { code } = await restic(['repair', 'snapshots', '--forget'], { repository: twin, accept: [0, 1] });
    const trees = async (path: string): Promise<string[]> =>
      (await all(await open(path))).map(({ tree }) => tree).sort();
    if (code === 0) assert.deepEqual(await trees(folder), await trees(twin));
    const again = await planRepairSnapshots(
      repository,
      await all(repository),
      { forget: true },
      await all(repository),
    );
    assert.equal(again.rewrite.replacements.length, 0);
  });

  it('a pack that is cut off gives back what is before the cut', async () => {
    const folder = copy();
    const { data } = await packs(folder);
    chmodSync(data, 0o600);
    truncateSync(data, 120_000);
    const repository = await open(folder);
    await repository.loadIndex();
    const plan = await planRepairPacks(repository, [nameOf(data)]);
    assert.equal(plan.packs[0]?.sound.length, 2);
    await applyRepairPacks(repository, plan);
    await repository.loadIndex();
    const before = await all(repository);
    await applyRepairSnapshots(
      repository,
      await planRepairSnapshots(repository, before, { forget: true }, before),
    );
    await restic(['check', '--read-data'], { repository: folder });
  });

  it('a lost pack of folders leaves empty folders, and a lost root takes its snapshot only when told', async () => {
    const folder = copy();
    const { tree } = await packs(folder);
    rmSync(tree);
    const repository = await open(folder);
    await applyRepairIndex(repository, await planRepairIndex(repository));
    await repository.loadIndex();
    const before = await all(repository);
    const careful = await planRepairSnapshots(repository, before, { forget: false }, before);
    assert.ok(careful.rewrite.replacements.every(({ removeOld }) => !removeOld));
    await applyRepairSnapshots(
      repository,
      await planRepairSnapshots(repository, before, { forget: true }, before),
    );
    await restic(['check', '--read-data'], { repository: folder });
    assert.ok((await all(repository)).length < before.length);
  });

  it('refuses a pack that nobody knows', async () => {
    const repository = await workshop.repository();
    await assert.rejects(planRepairPacks(repository, ['0'.repeat(64)]), UnknownPackError);
  });

  it('leaves out packs that nobody knows when it may, and takes nothing else for theirs', async () => {
    const repository = await open(copy());
    await repository.loadIndex();
    const named = ['0', '1', '2'].map((digit) => digit.repeat(64));
    const unknown: string[] = [];
    const { packs } = await planRepairPacks(repository, named, { onUnknown: (pack) => unknown.push(pack) });
    assert.deepEqual([packs, unknown], [[], named]);
  });
});
