import { openStorage, withLayers } from '@octobox/storage';
import type { Bench, Case } from '../harness/bench.ts';
import { type Contender, PASSWORD } from '../harness/contender.ts';
import { measure } from '../harness/measure.ts';
import { type History, writeHistory } from '../sources/many-snapshots.ts';

export const prune: Case = {
  name: 'prune',
  about: 'prune after forgetting half of 200 snapshots',
  gigabytes: 10,
  async run(bench) {
    const history = bench.isFull
      ? { snapshots: 200, files: 2_000, kilobytes: 256, changes: 40 }
      : { snapshots: 8, files: 40, kilobytes: 16, changes: 8 };
    for (const contender of bench.rivals) {
      const repository = await withHistory(bench, contender, history);
      await measure(contender.forget(repository, history.snapshots / 2));
      await bench.measure('prune', contender, contender.prune(repository), repository);
      await measure(contender.checkData(repository));
      bench.remove(repository);
    }
  },
};

/** A repository of this contender with many snapshots; Octobox writes it, because one opening serves for all. */
async function withHistory(bench: Bench, contender: Contender, history: History): Promise<string> {
  const repository = await bench.init(contender, 0);
  const local = await openStorage(repository);
  const storage = contender.layerKeys === undefined ? local : await withLayers(local, contender.layerKeys);
  await writeHistory(storage, PASSWORD, bench.emptyFolder('source'), history);
  return repository;
}
