import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Case } from '../harness/bench.ts';
import { bothWays } from '../harness/orders.ts';
import { changeOnePercent, copySystemTree } from '../sources/system-tree.ts';

export const tree: Case = {
  name: 'tree',
  about: "a system's tree of 4 GB and 70,000 entries: first, unchanged, 1 % changed, check, restore, size",
  gigabytes: 40,
  async run(bench) {
    const source = bench.emptyFolder('source');
    copySystemTree(source, bench.isFull ? { entries: 70_000, bytes: 4e9 } : { entries: 300, bytes: 8e6 });
    const rounds = Math.min(bench.runs, 2);
    for (let round = 0; round < rounds; round++) {
      const contenders = round === 0 ? bench.contenders : bench.rivals;
      for (const contender of contenders) {
        const repository = await bench.init(contender, round);
        await bench.measure('tree, first', contender, contender.backup(repository, source), repository);
      }
      for (let again = 0; again < bench.runs; again++)
        for (const contender of again === 0 ? contenders : bench.rivals)
          await bench.measure(
            'tree, unchanged',
            contender,
            contender.backup(bench.repository(contender, round), source),
          );
      changeOnePercent(source, round + 1);
      for (const contender of contenders) {
        const repository = bench.repository(contender, round);
        await bench.measure('tree, 1 % changed', contender, contender.backup(repository, source));
        if (round < rounds - 1) bench.remove(repository);
      }
    }
    await readBack(bench, rounds - 1);
  },
};

async function readBack(bench: Bench, round: number): Promise<void> {
  const readers = bench.rivals;
  for (const contender of readers)
    await bench.measure(
      'check --read-data',
      contender,
      contender.checkData(bench.repository(contender, round)),
    );
  await restoreToMemory(bench, round);
  await restoreToDisk(bench, round);
}

const memory = '/dev/shm';

async function restoreToMemory(bench: Bench, round: number): Promise<void> {
  const row = 'restore to tmpfs';
  if (!existsSync(memory)) {
    console.log(`${row}: left out, this machine has no ${memory}`);
    return;
  }
  for (const order of bothWays(bench.rivals, bench.runs)) {
    for (const contender of order) {
      const target = mkdtempSync(join(memory, 'octobox-restore-'));
      try {
        await bench.measure(row, contender, contender.restore(bench.repository(contender, round), target));
      } finally {
        rmSync(target, { recursive: true, force: true });
      }
    }
  }
}

/**
 * What was restored stays until all have restored: a file system whose files were just removed gives out their
 * places at another price. Memory is as free for the last as for the first.
 */
async function restoreToDisk(bench: Bench, round: number): Promise<void> {
  for (const [at, order] of bothWays(bench.rivals, 2).entries()) {
    for (const contender of order) {
      const repository = bench.repository(contender, round);
      const target = bench.emptyFolder(`restored ${at} by ${contender.name}`);
      await bench.alike(contender, repository);
      await bench.measure('restore to disk', contender, contender.restore(repository, target));
    }
  }
}
