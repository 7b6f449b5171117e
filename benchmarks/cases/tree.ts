import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Case } from '../harness/bench.ts';
import type { Contender } from '../harness/contender.ts';
import { changeOnePercent, copySystemTree } from '../sources/system-tree.ts';

export const tree: Case = {
  name: 'tree',
  about: "a system's tree of 4 GB and 70,000 entries: first, unchanged, 1 % changed, check, restore, size",
  gigabytes: 25,
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
  for (const contender of readers) {
    const repository = bench.repository(contender, round);
    await restore(bench, 'restore to tmpfs', contender, repository, '/dev/shm');
    await restore(bench, 'restore to disk', contender, repository, bench.folder);
    bench.remove(repository);
  }
}

async function restore(
  bench: Bench,
  row: string,
  contender: Contender,
  repository: string,
  place: string,
): Promise<void> {
  if (!existsSync(place)) {
    console.log(`${row}: left out, this machine has no ${place}`);
    return;
  }
  const target = mkdtempSync(join(place, 'octobox-restore-'));
  try {
    await bench.measure(row, contender, contender.restore(repository, target));
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}
