/** Backups by restic and by this engine go on while snapshots are forgotten, packs pruned and the index repaired. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { backupFiles } from '../backup/files.ts';
import { checkRepository } from '../check/check.ts';
import { LockedError } from '../errors.ts';
import { applyForget, planForget } from '../forget/forget.ts';
import { acquireLock } from '../locks/lock.ts';
import { applyRepairIndex, planRepairIndex } from '../repair/repair-index.ts';
import { applyRepairPacks, planRepairPacks } from '../repair/repair-packs.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import type { Repository } from '../store/repository.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyPrune } from './apply-prune.ts';
import { planPrune } from './plan-prune.ts';
import { PrunePlanOutdatedError } from './prune-errors.ts';

const SECONDS = Number(process.env.OCTOBOX_CONCURRENT_SECONDS ?? 8);
/** Each is done so often, however slow the machine is. */
const LEAST = 2;

test('concurrent backups survive forget, prune and repair, and the repository stays whole', async (t) => {
  await using workshop = await Workshop.open();
  for (let number = 0; number < 20; number++) workshop.write(`kept/file${number}`, 40_000);
  const counts = { octobox: 0, restic: 0, prune: 0, repair: 0, locked: 0, outdated: 0 };
  const end = performance.now() + SECONDS * 1000;
  const goesOn = (done: number): boolean => performance.now() < end || done < LEAST;
  const locked = async (): Promise<void> => {
    counts.locked++;
    await delay(100 + Math.random() * 900);
  };

  /** Does it again and again; who finds the repository locked waits a little. */
  async function repeat(name: 'octobox' | 'restic' | 'prune' | 'repair', act: () => Promise<unknown>) {
    while (goesOn(counts[name])) {
      try {
        if ((await act()) === 'locked') {
          await locked();
          continue;
        }
        counts[name]++;
        // Nobody may keep the others out for ever.
        await delay(200 + Math.random() * 500);
      } catch (error) {
        if (error instanceof LockedError) await locked();
        else if (error instanceof PrunePlanOutdatedError) counts.outdated++;
        else throw error;
      }
    }
  }

  async function resticBacksUp(): Promise<'locked' | undefined> {
    workshop.write(`restic/file${counts.restic % 4}`, 60_000 + counts.restic);
    const args = ['backup', '--host', 'restic', '.'];
    // 11 is the newer ones' way to say that it is locked.
    const { code, stderr } = await workshop.restic(args, { cwd: workshop.source, accept: [0, 1, 11] });
    if (code === 0) return undefined;
    assert.match(stderr, /already locked/);
    return 'locked';
  }

  async function forgetAndPrune(repository: Repository): Promise<void> {
    await using lock = await acquireLock(repository, { kind: 'exclusive' });
    const snapshots = await Array.fromAsync(repository.snapshots());
    const plan = planForget(snapshots, { keepLast: 2 });
    await applyForget(repository, plan, { noLock: true });
    const prune = await planPrune(repository, { maxUnused: 0, noLock: true, signal: lock.signal });
    await applyPrune(repository, prune, { noLock: true, signal: lock.signal });
  }

  /** As a user who looks at the plan before it is carried out: meanwhile others write. */
  async function pruneInTwoSteps(repository: Repository): Promise<void> {
    const plan = await planPrune(repository, { maxUnused: 0 });
    await delay(50);
    await applyPrune(repository, plan);
  }

  async function repair(repository: Repository): Promise<void> {
    await using _lock = await acquireLock(repository, { kind: 'exclusive' });
    await applyRepairIndex(repository, await planRepairIndex(repository, { readAllPacks: true }));
    await repository.loadIndex();
    const [pack] = (await repository.listFiles('data')).keys();
    if (pack !== undefined) await applyRepairPacks(repository, await planRepairPacks(repository, [pack]));
    repository.forgetIndex();
  }

  const [ours, pruning, repairing] = [
    await workshop.repository(),
    await workshop.repository(),
    await workshop.repository(),
  ];
  await Promise.all([
    repeat('octobox', async () => {
      workshop.write(`octobox/file${counts.octobox % 4}`, 60_000 + counts.octobox);
      await backupFiles(ours, { paths: [workshop.source], host: 'octobox', workers: 1 });
    }),
    repeat('restic', resticBacksUp),
    repeat('prune', () => (counts.prune % 2 === 0 ? forgetAndPrune(pruning) : pruneInTwoSteps(pruning))),
    repeat('repair', () => repair(repairing)),
  ]);
  t.diagnostic(JSON.stringify(counts));

  await workshop.restic(['check', '--read-data']);
  const last = await workshop.repository();
  const report = await checkRepository(last, { readData: true, workers: 0 });
  assert.deepEqual(
    report.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const { snapshot } = await backupFiles(last, { paths: [workshop.source], host: 'octobox', workers: 1 });
  assert.ok(snapshot);
  const target = workshop.path('target');
  const { errors } = await restoreSnapshot(last, await last.snapshot(snapshot.id), { target, workers: 0 });
  assert.deepEqual(errors, []);
  assert.deepEqual(treeDifferences(workshop.source, `${target}${workshop.source}`), []);
});
