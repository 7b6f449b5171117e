/** A thread that takes steps and tells how often each. The test is another one: what a test traces costs a third more. */
import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { LocalStorage } from '@octobox/storage';
import { copyRepository } from '../testing/crashing-storage.ts';
import { restic } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { killedBackup, killedPrune } from './killed.ts';
import { lastingDamage } from './lasting-damage.ts';
import { Model } from './model.ts';
import * as steps from './steps.ts';

const { backup, copy, damage, forget, forgetOne, prune, repairIndex, repairPacks, rewrite, tag } = steps;
const usual: readonly steps.Step[] = [
  ...[backup, backup, backup, backup],
  ...[forget, forgetOne, prune, prune, tag, copy, rewrite],
  ...[damage, repairIndex, repairPacks, lastingDamage],
];
/** Each costs a hundred times as much as the others. */
const KILL_EVERY = 250;
const killed: readonly steps.Step[] = [killedBackup, killedPrune];
const VERIFY_EVERY = 50;
const ASK_RESTIC_EVERY = 2000;
/** With more snapshots than this they are forgotten: a step costs as much at the end as at the beginning. */
const MOST_SNAPSHOTS = 10;

const { seed, total } = workerData as { seed: number; total: number };
const model = new Model(seed);
await model.start();
const done = new Map<string, number>();
for (let number = 1; number <= total; number++) {
  const step = nextStep(number);
  try {
    const end = await model.run(step);
    const what = end === 'done' ? step.name : `${step.name}, ${end}`;
    done.set(what, (done.get(what) ?? 0) + 1);
    if (number % VERIFY_EVERY === 0 || number === total) await model.verify();
    if (number % ASK_RESTIC_EVERY === 0 || number === total) await askRestic();
  } catch (cause) {
    throw new Error(`seed ${seed}, step ${number} (${step.name}): ${cause}`, { cause });
  }
}
if (total >= 1000) for (const { name } of [...usual, ...killed]) assert.ok(done.has(name), `no ${name}`);
parentPort?.postMessage(Object.fromEntries([...done].sort()));

function nextStep(number: number): steps.Step {
  if (number % KILL_EVERY === 0) return killed[(number / KILL_EVERY) % killed.length] as steps.Step;
  if (model.snapshots.size > MOST_SNAPSHOTS) return forget;
  return model.pick(usual);
}

async function askRestic(): Promise<void> {
  await using workshop = Workshop.empty();
  await copyRepository(model.storage, new LocalStorage(workshop.repositoryFolder));
  await restic(['check', '--read-data'], { repository: workshop.repositoryFolder });
}
