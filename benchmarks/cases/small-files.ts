import type { Case } from '../harness/bench.ts';
import { warmUp } from '../harness/settle.ts';
import { writeSmallFiles } from '../sources/small-files.ts';

export const smallFiles: Case = {
  name: 'small-files',
  about: 'a million small files: first, unchanged, opening the index of a million blobs',
  gigabytes: 12,
  async run(bench) {
    const source = bench.emptyFolder('source');
    writeSmallFiles(source, bench.isFull ? 1_000_000 : 2_000);
    // Neither what was just written nor the first look at it is to be paid by who comes first.
    await bench.settle();
    warmUp(source);
    for (const contender of bench.rivals) {
      const repository = await bench.init(contender, 0);
      await bench.settle();
      await bench.measure('small files, first', contender, contender.backup(repository, source), repository);
    }
    for (const contender of bench.rivals) {
      const repository = bench.repository(contender, 0);
      await bench.measure('small files, unchanged', contender, contender.backup(repository, source));
    }
    // What opening costs: a snapshot's list needs no index, one file of it needs the whole.
    for (const contender of bench.rivals) {
      const repository = bench.repository(contender, 0);
      await bench.measure('index of small files: not loaded', contender, contender.snapshots(repository));
      await bench.measure(
        'index of small files: loaded',
        contender,
        contender.dump(repository, `${source}/folder 0/entry 0`),
      );
      bench.remove(repository);
    }
  },
};

export const oneFolder: Case = {
  name: 'one-folder',
  about: '300,000 small files in one folder: first, unchanged (memory)',
  gigabytes: 4,
  onlyByName: true,
  async run(bench) {
    const source = bench.emptyFolder('source');
    writeSmallFiles(source, bench.isFull ? 300_000 : 2_000, Number.POSITIVE_INFINITY);
    for (const contender of bench.rivals) {
      const repository = await bench.init(contender, 0);
      await bench.measure('one folder, first', contender, contender.backup(repository, source), repository);
      await bench.measure('one folder, unchanged', contender, contender.backup(repository, source));
      bench.remove(repository);
    }
  },
};
