import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { checkRepository } from '../check/check.ts';
import { Repository } from '../store/repository.ts';
import { runAndKill } from '../testing/killed-process.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';

const times = 5;

describe('rewriting and repairing that is killed', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await Workshop.open();
    for (let round = 0; round < 3; round++) {
      for (let number = 0; number < 30; number++) workshop.write(`round${round}/file${number}`, 150_000);
      await workshop.backup();
    }
  });
  after(() => workshop[Symbol.asyncDispose]());

  it(`at ${times} moments damages nothing, and the next run finishes`, async () => {
    const whole = workshop.path('whole');
    cpSync(workshop.repositoryFolder, whole, { recursive: true });
    const { took } = await runAndKill('repair', [whole]);
    for (let time = 0; time < times; time++) {
      const folder = workshop.path(`killed${time}`);
      cpSync(workshop.repositoryFolder, folder, { recursive: true });
      const moment = (took * (time + Math.random())) / times;
      await runAndKill('repair', [folder], moment);
      const repository = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
      const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
      const errors = report.findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, [], `killed after ${moment} ms`);
      await restic(['check'], { repository: folder });
      assert.equal((await runAndKill('repair', [folder])).code, 0);
      // However often it was begun, each snapshot was replaced by one.
      const snapshots = await Array.fromAsync(repository.snapshots());
      assert.equal(snapshots.length, 3, `killed after ${moment} ms`);
      assert.ok(snapshots.every(({ original }) => original !== undefined));
      await repository.close();
      rmSync(folder, { recursive: true });
    }
    await restic(['check', '--read-data'], { repository: whole });
  });
});
