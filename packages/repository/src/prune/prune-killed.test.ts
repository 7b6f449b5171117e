import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { checkRepository } from '../check/check.ts';
import { removeLocks } from '../locks/unlock.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import { Repository } from '../store/repository.ts';
import { runAndKill } from '../testing/killed-process.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyPrune } from './apply-prune.ts';
import { planPrune } from './plan-prune.ts';

const times = 10;

describe('a prune that is killed', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await Workshop.open();
    // Packs of which some files of every round stay, so that much is written again.
    for (let round = 0; round < 4; round++) {
      for (let number = 0; number < 30; number++) workshop.write(`round${round}/file${number}`, 250_000);
      if (round > 0) {
        for (let number = 0; number < 20; number++) workshop.remove(`round${round - 1}/file${number}`);
      }
      await workshop.backup();
    }
  });
  after(() => workshop[Symbol.asyncDispose]());

  it(`at ${times} moments loses nothing, and the next one finishes`, async () => {
    const whole = workshop.path('whole');
    cpSync(workshop.repositoryFolder, whole, { recursive: true });
    const { took } = await runAndKill('prune', [whole]);
    const phases = new Set<string>();
    for (let time = 0; time < times; time++) {
      const folder = workshop.path(`killed${time}`);
      cpSync(workshop.repositoryFolder, folder, { recursive: true });
      await runAndKill('prune', [folder], (took * (time + Math.random())) / times);

      const repository = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
      await removeLocks(repository, { all: false });
      const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
      assert.deepEqual(
        report.findings.filter(({ severity }) => severity === 'error'),
        [],
      );
      for (const { code } of report.findings) phases.add(code);
      await restic(['check'], { repository: folder });

      await applyPrune(repository, await planPrune(repository, { maxUnused: 0, noLock: true }));
      await restic(['check', '--read-data'], { repository: folder });
      const target = workshop.path('target');
      const latest = await repository.snapshot('latest');
      const { errors } = await restoreSnapshot(repository, latest, { target, workers: 0, noLock: true });
      assert.deepEqual(errors, []);
      // The target folder itself has no node.
      const differences = treeDifferences(workshop.source, target).filter((line) => !line.startsWith(':'));
      assert.deepEqual(differences, []);
      await repository.close();
      for (const each of [folder, target]) rmSync(each, { recursive: true });
    }
    // What such runs leave behind costs space only.
    for (const code of phases)
      assert.ok(['pack-unreferenced', 'pack-indexed-twice', 'blob-unused'].includes(code), code);
  });
});
