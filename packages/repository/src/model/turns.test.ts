import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backupFiles } from '../backup/files.ts';
import { checkRepository } from '../check/check.ts';
import { applyForget, planForget } from '../forget/forget.ts';
import { applyPrune } from '../prune/apply-prune.ts';
import { planPrune } from '../prune/plan-prune.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import type { Repository } from '../store/repository.ts';
import { makeFixtureTree } from '../testing/fixture-tree.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';

test('restic and this engine take turns on one repository', async () => {
  await using workshop = await Workshop.open();
  const { source } = workshop;
  makeFixtureTree(source, { rawLinkTargets: false, linkAttributes: false });
  const repository = await workshop.repository();

  /** How many blobs of content were new; the trees of the folders above the source may change at any time. */
  const ours = async (): Promise<number> => {
    const { summary } = await backupFiles(repository, { paths: [source], host: 'turns' });
    return summary.dataBlobs;
  };
  const theirs = (): Promise<unknown> => workshop.restic(['backup', '--host', 'turns', source]);
  const bothContent = async (): Promise<void> => {
    await workshop.restic(['check', '--read-data']);
    const report = await checkRepository(repository, { readData: true, workers: 0 });
    assert.deepEqual(report.findings, []);
    const target = workshop.path('target');
    const { errors, warnings } = await restoreSnapshot(repository, await repository.snapshot('latest'), {
      target,
    });
    assert.deepEqual([errors, warnings], [[], []]);
    assert.deepEqual(treeDifferences(source, join(target, source)), []);
    rmSync(target, { recursive: true });
    await workshop.restic(['restore', 'latest', '--target', target]);
    assert.deepEqual(treeDifferences(source, join(target, source)), []);
    rmSync(target, { recursive: true });
  };
  const count = async (each: Repository): Promise<number> => (await each.listFiles('snapshot')).size;

  await theirs();
  assert.equal(await ours(), 0, 'restic has stored all of it');
  workshop.write('new/from us', 2_000_000);
  assert.ok((await ours()) >= 1);
  workshop.write('new/from restic', 1_000_000);
  await theirs();
  await bothContent();
  assert.equal(await count(repository), 4);

  workshop.remove('new/from us');
  await theirs();
  const snapshots = await Array.fromAsync(repository.snapshots());
  await applyForget(repository, planForget(snapshots, { keepLast: 2, groupBy: '' }));
  await applyPrune(repository, await planPrune(repository, { maxUnused: 0 }));
  await bothContent();
  assert.equal(await count(repository), 2);

  await ours();
  await workshop.restic(['forget', '--keep-last', '1', '--group-by', '', '--prune', '--max-unused', '0']);
  assert.equal(await count(repository), 1);
  await bothContent();
  assert.equal(await ours(), 0);
});
