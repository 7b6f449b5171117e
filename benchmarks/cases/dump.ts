import type { Bench, Case } from '../harness/bench.ts';
import { DumpedDatabase } from '../sources/database.ts';

export const dump: Case = {
  name: 'dump',
  about:
    'pg_dump of 5 GB streamed in: first, then with 1 % of the rows changed (wall time holds pg_dump itself)',
  gigabytes: 25,
  async run(bench) {
    await using database = await DumpedDatabase.create(bench.path(), bench.isFull ? 5e9 : 5e6);
    for (const contender of bench.rivals) await bench.init(contender, 0);
    await stream(bench, 'dump, first', database);
    await database.changeOnePercent();
    await stream(bench, 'dump, 1 % of rows changed', database);
    for (const contender of bench.rivals) bench.remove(bench.repository(contender, 0));
  },
};

async function stream(bench: Bench, row: string, database: DumpedDatabase): Promise<void> {
  const { input, environment } = database.dump;
  for (const contender of bench.rivals) {
    const repository = bench.repository(contender, 0);
    const command = contender.backupStream(repository, input);
    const joined = { ...command, environment: { ...command.environment, ...environment } };
    await bench.measure(row, contender, joined, repository);
  }
}
