import assert from 'node:assert/strict';
import { chmodSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { checkRepository } from '../check/check.ts';
import { LockedError } from '../errors.ts';
import { applyForget, planForget, planForgetSnapshots } from '../forget/forget.ts';
import { acquireLock } from '../locks/lock.ts';
import { restoreSnapshot } from '../restore/restore.ts';
import type { Repository } from '../store/repository.ts';
import { treeDifferences } from '../testing/tree-differences.ts';
import { Workshop } from '../testing/workshop.ts';
import { applyPrune } from './apply-prune.ts';
import { type PlanPruneOptions, planPrune } from './plan-prune.ts';
import { InvalidPruneOptionError, PrunePlanOutdatedError, PruneRefusedError } from './prune-errors.ts';
import { changesAnything, type PrunePlan } from './prune-plan.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await Workshop.open();
});
afterEach(() => workshop[Symbol.asyncDispose]());

/** Three snapshots of which files go and come; the first two are then forgotten. */
async function forgottenHistory(): Promise<Repository> {
  for (let round = 0; round < 3; round++) {
    for (let number = 0; number < 12; number++) workshop.write(`round${round}/file${number}`, 200_000);
    workshop.write('always', 400_000);
    if (round > 0) workshop.remove(`round${round - 1}`);
    await workshop.backup();
  }
  const repository = await workshop.repository();
  const snapshots = await Array.fromAsync(repository.snapshots());
  await applyForget(repository, planForget(snapshots, { keepLast: 1 }));
  return repository;
}

const plan = (repository: Repository, options: PlanPruneOptions = {}): Promise<PrunePlan> =>
  planPrune(repository, { noLock: true, ...options });

/** restic finds no fault, not even a superfluous blob, and the snapshot gives the source back. */
async function assertSound(repository: Repository, options: { unused?: boolean } = {}): Promise<void> {
  const unused = options.unused ? [] : ['--check-unused'];
  await workshop.restic(['check', '--read-data', ...unused]);
  const report = await checkRepository(repository, { noLock: true, readData: true, workers: 0 });
  assert.deepEqual(report.findings, []);
  const target = workshop.path('target');
  const result = await restoreSnapshot(repository, await repository.snapshot('latest'), {
    target,
    workers: 0,
  });
  assert.deepEqual(result.errors, []);
  assert.deepEqual(contents(treeDifferences(workshop.source, target)), []);
  rmSync(target, { recursive: true });
}

/** The target folder itself has no node. */
const contents = (differences: readonly string[]): string[] =>
  differences.filter((line) => !line.startsWith(':'));

const bytesOf = async (repository: Repository): Promise<number> =>
  [...(await repository.listFiles('data')).values()].reduce((sum, size) => sum + size, 0);

describe('prune', () => {
  it('removes what no snapshot needs, and only says so while it plans', async () => {
    const repository = await forgottenHistory();
    const before = await bytesOf(repository);
    const made = await plan(repository, { maxUnused: 0 });
    assert.equal(await bytesOf(repository), before);
    const { statistics } = made;
    assert.ok(statistics.unused.bytes > 4_000_000);
    assert.equal(statistics.remainUnusedBytes, 0);

    await applyPrune(repository, made);
    const left = await bytesOf(repository);
    assert.ok(
      Math.abs(left - statistics.remain.bytes) < 2000,
      `${left} bytes left, ${statistics.remain.bytes} planned`,
    );
    await assertSound(repository);
    assert.equal((await repository.listFiles('lock')).size, 0);
  });

  it('plans the same amounts as restic', async () => {
    const repository = await forgottenHistory();
    const { stdout } = await workshop.restic(['prune', '--dry-run', '--max-unused', '0']);
    const { statistics } = await plan(repository, { maxUnused: 0 });
    const total = /total prune:\s+(\d+) blobs/.exec(stdout)?.[1];
    const remaining = /remaining:\s+(\d+) blobs/.exec(stdout)?.[1];
    assert.equal(statistics.removeTotal.blobs, Number(total));
    assert.equal(statistics.remain.blobs, Number(remaining));
  });

  it('finds nothing more to do the second time', async () => {
    const repository = await forgottenHistory();
    await applyPrune(repository, await plan(repository, { maxUnused: 0 }));
    const again = await plan(repository, { maxUnused: 0 });
    assert.equal(changesAnything(again), false);
    assert.deepEqual(await applyPrune(repository, again), {
      packsRemoved: 0,
      indexesWritten: 0,
      indexesRemoved: 0,
      failed: [],
    });
  });

  it('writes mixed packs again, and keeps those below the limit for unused bytes', async () => {
    // One pack that is half used, and not small.
    for (let number = 0; number < 20; number++) workshop.write(`both/file${number}`, 400_000);
    const first = await workshop.backup();
    for (let number = 0; number < 10; number++) workshop.remove(`both/file${number}`);
    await workshop.backup();
    const repository = await workshop.repository();
    await applyForget(repository, planForgetSnapshots([first]));

    for (const maxUnused of ['unlimited', '60%', 5_000_000] as const) {
      assert.deepEqual((await plan(repository, { maxUnused })).packs.repack, [], String(maxUnused));
    }
    const made = await plan(repository, { maxUnused: '5%' });
    assert.equal(made.packs.repack.length, 1);
    assert.ok(made.statistics.repackRemove.bytes > 3_900_000);
    await applyPrune(repository, made);
    await assertSound(repository);
  });

  it('writes no more than it is allowed to', async () => {
    const repository = await forgottenHistory();
    const made = await plan(repository, { maxUnused: 0, maxRepackSize: 0 });
    assert.deepEqual(made.packs.repack, []);
    await applyPrune(repository, made);
    await assertSound(repository, { unused: true });
  });

  it('puts small packs together when told to', async () => {
    for (let round = 0; round < 4; round++) {
      workshop.write(`file${round}`, 50_000);
      await workshop.backup();
    }
    const repository = await workshop.repository();
    assert.deepEqual((await plan(repository)).packs.repack, []);
    await applyPrune(repository, await plan(repository, { repackSmall: true }));
    assert.deepEqual((await plan(repository, { repackSmall: true })).packs.repack, [], 'not again and again');
    assert.ok((await repository.listFiles('data')).size <= 4);
    assert.equal((await repository.listFiles('index')).size, 1);
    await assertSound(repository);
  });

  it('compresses what is not compressed when told to', async () => {
    workshop.write('text', 'all work and no play '.repeat(50_000));
    await workshop.backup('--compression', 'off');
    const repository = await workshop.repository();
    const before = await bytesOf(repository);
    assert.ok(before > 1_000_000);
    await applyPrune(repository, await plan(repository, { repackUncompressed: true }));
    assert.ok((await bytesOf(repository)) < before / 10);
    await assertSound(repository);
  });

  it('of several copies keeps one', async () => {
    const repository = await forgottenHistory();
    // The same blobs again, as a second backup at the same time would have stored them.
    const table = repository.index;
    const saver = repository.saver();
    const known = table.entryCount;
    for (let entry = 0; entry < known; entry++) {
      const type = table.typeAt(entry);
      const id = table.idAt(entry);
      const { sealBlob } = await import('../format/blob.ts');
      const blob = sealBlob(repository.keys, type, await repository.loadBlob(type, id));
      await saver.saveSealed(type, id, blob.sealed, blob.uncompressedLength);
    }
    await saver.finish();
    const made = await plan(repository, { maxUnused: 0 });
    assert.ok(made.statistics.duplicate.blobs > 10);
    await applyPrune(repository, made);
    await assertSound(repository);
  });

  it('removes packs that no index names, and forgets missing ones that nobody needs', async () => {
    const repository = await forgottenHistory();
    const made = await plan(repository, { maxUnused: 0 });
    const unneeded = made.packs.remove[0] ?? '';
    await repository.storage.remove({ kind: 'data', name: unneeded });
    const [index = ''] = (await repository.listFiles('index')).keys();
    await repository.storage.remove({ kind: 'index', name: index });
    repository.forgetIndex();
    // Depending on which index file went, its packs are now in no index, or something needed is missing.
    const next = await plan(repository, { maxUnused: 0 }).catch((error: unknown) => error);
    if (next instanceof PruneRefusedError) return;
    await applyPrune(repository, next as PrunePlan);
    await assertSound(repository);
  });
});

describe('prune refuses', () => {
  const largestPack = async (repository: Repository): Promise<string> =>
    [...(await repository.listFiles('data'))].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  const pathOf = (pack: string): string => join(workshop.repositoryFolder, 'data', pack.slice(0, 2), pack);

  it('when a needed pack is missing', async () => {
    workshop.write('film', 1_000_000);
    await workshop.backup();
    const repository = await workshop.repository();
    rmSync(pathOf(await largestPack(repository)));
    await assert.rejects(plan(repository), PruneRefusedError);
  });

  it('when a needed pack is cut off', async () => {
    workshop.write('film', 1_000_000);
    await workshop.backup();
    const repository = await workshop.repository();
    const path = pathOf(await largestPack(repository));
    chmodSync(path, 0o600);
    truncateSync(path, 500_000);
    await assert.rejects(plan(repository), (error: unknown) => {
      assert.ok(error instanceof PruneRefusedError);
      return error.problems.some((problem) => problem.includes('500000 bytes'));
    });
  });

  it('when a tree is in no index', async () => {
    workshop.write('film', 1_000_000);
    await workshop.backup();
    const repository = await workshop.repository();
    for (const name of (await repository.listFiles('index')).keys()) {
      await repository.storage.remove({ kind: 'index', name });
    }
    repository.forgetIndex();
    await assert.rejects(plan(repository), PruneRefusedError);
    assert.ok((await repository.listFiles('data')).size > 0);
  });

  it('and names the first ten problems, one a line, and how many there are', () => {
    const problems = Array.from({ length: 100 }, (_, at) => `problem ${at}`);
    const lines = new PruneRefusedError(problems, 4321).message.split('\n');
    assert.deepEqual(lines, [
      'prune would make damage worse; there are 4321 problems:',
      ...problems.slice(0, 10),
      'and 4311 more',
    ]);
    assert.equal(
      new PruneRefusedError(['one'], 1).message,
      'prune would make damage worse; there is 1 problem:\none',
    );
  });

  it('a plan that a later backup made wrong', async () => {
    const repository = await forgottenHistory();
    const made = await plan(repository, { maxUnused: 0 });
    await workshop.backup();
    await assert.rejects(applyPrune(repository, made), PrunePlanOutdatedError);
    const now = await plan(repository, { maxUnused: 0 });
    await applyPrune(repository, now);
    await assertSound(repository);
  });

  it('while somebody else uses the repository', async () => {
    const repository = await forgottenHistory();
    const made = await plan(repository, { maxUnused: 0 });
    await using _lock = await acquireLock(await workshop.repository(), { kind: 'shared' });
    await assert.rejects(applyPrune(repository, made), LockedError);
  });

  it('options that make no sense', async () => {
    const repository = await workshop.repository();
    for (const options of [
      { maxUnused: '100%' },
      { maxUnused: -1 },
      { maxUnused: 'much' as '5%' },
      { maxRepackSize: -5 },
      { smallPackSize: 1024 ** 3 },
    ] satisfies PlanPruneOptions[]) {
      await assert.rejects(plan(repository, options), InvalidPruneOptionError);
    }
  });
});

describe('a repository of format version 1', () => {
  it('stays uncompressed', async () => {
    await using old = Workshop.empty();
    await old.restic(['init', '--repository-version', '1']);
    old.write('a', 'some text '.repeat(1000));
    old.write('b', 300_000);
    const first = await old.backup();
    old.remove('a');
    await old.backup();
    const repository = await old.repository();
    assert.equal(repository.version, 1);
    await assert.rejects(plan(repository, { repackUncompressed: true }), InvalidPruneOptionError);
    await applyForget(repository, planForgetSnapshots([first]));
    await applyPrune(repository, await plan(repository, { maxUnused: 0 }));
    await old.restic(['check', '--read-data', '--check-unused']);
    const table = await repository.loadIndex();
    for (let entry = 0; entry < table.entryCount; entry++) {
      assert.equal(table.locationAt(entry).uncompressedLength, 0);
    }
  });
});
