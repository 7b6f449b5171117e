import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStorage } from '@octobox/storage';
import { checkRepository } from '../maintain/check.ts';
import { Repository } from '../store/repository.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';

const times = 5;
const program = new URL('../testing/repair-process.ts', import.meta.url).pathname;

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

  /** Milliseconds from the first line to the end; the process is killed after `killAfter`. */
  async function run(folder: string, killAfter: number): Promise<number> {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const begun = performance.now();
    const kill = delay(killAfter, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
    await Promise.race([ended, kill]);
    await ended;
    return performance.now() - begun;
  }

  it(`at ${times} moments damages nothing, and the next run finishes`, async () => {
    const whole = workshop.path('whole');
    cpSync(workshop.repositoryFolder, whole, { recursive: true });
    const duration = await run(whole, 60_000);
    for (let time = 0; time < times; time++) {
      const folder = workshop.path(`killed${time}`);
      cpSync(workshop.repositoryFolder, folder, { recursive: true });
      const moment = (duration * (time + Math.random())) / times;
      await run(folder, moment);
      const repository = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
      const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
      const errors = report.findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, [], `killed after ${moment} ms`);
      await restic(['check'], { repository: folder });
      await run(folder, 60_000);
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
