/** How time and memory grow with the amount of data and with the number of snapshots. */
import { cpSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { openStorage } from '@octobox/storage';
import type { Case } from '../harness/bench.ts';
import { PASSWORD } from '../harness/contender.ts';
import { writeHistory } from '../sources/many-snapshots.ts';

const GENERATOR = join(import.meta.dirname, '../sources/write-stream.ts');

export const growthOfData: Case = {
  name: 'growth-data',
  about: '1 to 64 GB streamed in (half of it compresses away), then an unchanged second backup',
  gigabytes: 5,
  onlyByName: true,
  async run(bench) {
    const unit = bench.isFull ? 1e9 : 1e6;
    for (const gigabytes of bench.points([1, 2, 4, 8, 16, 32, 64], [1, 2])) {
      const { bavail, bsize } = statfsSync(bench.folder);
      if (bavail * bsize < gigabytes * unit * 0.6 + 3e9) {
        console.log(`growth, ${gigabytes} GB: left out, not enough free disk`);
        continue;
      }
      const input = `'${process.execPath}' '${GENERATOR}' ${gigabytes * unit}`;
      for (const contender of bench.rivals) {
        const repository = await bench.init(contender, 0);
        const command = contender.backupStream(repository, input);
        await bench.measure(`growth, ${gigabytes} GB, first`, contender, command, repository);
        await bench.measure(`growth, ${gigabytes} GB, again`, contender, command);
        bench.remove(repository);
      }
    }
  },
};

export const growthOfSnapshots: Case = {
  name: 'growth-snapshots',
  about: '10 to 1,000 snapshots: listing, a further backup, forget, prune after forgetting half (one layer)',
  gigabytes: 5,
  onlyByName: true,
  async run(bench) {
    const [octobox, ...others] = bench.rivals.filter(({ layerKeys }) => layerKeys === undefined);
    if (octobox === undefined) return;
    // One history for all, which grows: each contender gets a copy.
    const base = await bench.init(octobox, 1);
    const source = bench.emptyFolder('source');
    let written = 0;
    for (const snapshots of bench.points([10, 32, 100, 320, 1000], [4, 8])) {
      const history = { snapshots, files: bench.isFull ? 1_000 : 20, kilobytes: 16, changes: 10 };
      await writeHistory(await openStorage(base), PASSWORD, source, history, written);
      written = snapshots;
      for (const contender of [octobox, ...others]) {
        const repository = bench.repository(contender, 0);
        cpSync(base, repository, { recursive: true });
        const row = (what: string): string => `growth, ${snapshots} snapshots, ${what}`;
        await bench.measure(row('list'), contender, contender.snapshots(repository));
        await bench.measure(row('backup'), contender, contender.backup(repository, source));
        await bench.measure(row('forget half'), contender, contender.forget(repository, snapshots / 2));
        await bench.measure(row('prune'), contender, contender.prune(repository), repository);
        bench.remove(repository);
      }
    }
  },
};
