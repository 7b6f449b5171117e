import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../harness/bench.ts';

export const start: Case = {
  name: 'start',
  about: 'what every command pays: the list of no snapshots, and a backup of one tiny file',
  gigabytes: 1,
  async run(bench) {
    const source = bench.emptyFolder('source');
    writeFileSync(join(source, 'file'), 'content\n');
    for (const contender of bench.rivals) {
      const repository = await bench.init(contender, 0);
      for (let round = 0; round < bench.runs; round++) {
        await bench.measure('start: list', contender, contender.snapshots(repository));
        await bench.measure('start: tiny backup', contender, contender.backup(repository, source));
      }
      bench.remove(repository);
    }
  },
};
