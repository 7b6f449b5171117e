import { join } from 'node:path';
import type { Case } from '../harness/bench.ts';
import { writeRandomFile } from '../sources/random-file.ts';

export const random: Case = {
  name: 'random',
  about: '1 GiB of random bytes in one file, first backup',
  gigabytes: 7,
  async run(bench) {
    const source = bench.emptyFolder('source');
    writeRandomFile(join(source, 'file'), (bench.isFull ? 1024 : 8) * 1024 * 1024, 1);
    for (let round = 0; round < bench.runs; round++) {
      for (const contender of round === 0 ? bench.contenders : bench.rivals) {
        const repository = await bench.init(contender, round);
        await bench.measure('random, first', contender, contender.backup(repository, source), repository);
        bench.remove(repository);
      }
    }
  },
};
