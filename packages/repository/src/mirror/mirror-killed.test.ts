import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { LocalStorage } from '@octobox/storage';
import { removeLocks } from '../locks/unlock.ts';
import { Repository } from '../store/repository.ts';
import { runAndKill } from '../testing/killed-process.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { planMirror } from './mirror-plan.ts';

const times = 4;

describe('a mirror whose process is killed', { timeout: 240_000 }, () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await Workshop.open();
    for (let round = 0; round < 3; round++) {
      for (let number = 0; number < 8; number++) workshop.write(`round${round}/file${number}`, 800_000);
      await workshop.backup();
    }
  });
  after(() => workshop[Symbol.asyncDispose]());

  const mirror = (folder: string, killAfter?: number) =>
    runAndKill('mirror', [workshop.repositoryFolder, folder], killAfter);

  it(`at ${times} moments is a valid repository at each, and sends nothing twice`, async () => {
    const { took } = await mirror(workshop.path('whole'));
    const base = workshop.path('base');
    for (let time = 0; time < times; time++) {
      const folder = workshop.path(`killed${time}`);
      if (existsSync(base)) cpSync(base, folder, { recursive: true });
      await mirror(folder, (took * (time + Math.random())) / times);
      const isBegun = existsSync(`${folder}/config`);
      if (isBegun) {
        const there = await Repository.open(new LocalStorage(folder), { password: TEST_PASSWORD });
        await removeLocks(there, { all: true });
        await there.close();
        await restic(['check', '--read-data'], { repository: folder });
      }
      const source = await workshop.repository();
      await removeLocks(source, { all: true });
      const left = (await planMirror(workshop.storage, new LocalStorage(folder))).objects;
      const { output } = await mirror(folder);
      const copied = Number(/copied (\d+)/.exec(output)?.[1]);
      // The config is among what is left, and is made and not copied; a key may lie there before it.
      assert.equal(copied, isBegun ? left : left - 1);
      await restic(['check', '--read-data'], { repository: folder });
      rmSync(folder, { recursive: true });
    }
  });
});
