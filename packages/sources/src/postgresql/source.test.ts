import assert from 'node:assert/strict';
import { Client } from 'pg';
import { startPostgres } from '../testing/postgres.ts';
import { createSampleDatabase, runSql } from '../testing/sample-database.ts';
import { describeSource, type SourceHarness } from '../testing/source-contract.ts';
import { findBinaries, type PostgresqlBinaries } from './programs/binaries.ts';
import { PostgresqlScratch } from './restore/scratch.ts';
import { PostgresqlSource } from './source.ts';

async function makeHarness(binaries: PostgresqlBinaries): Promise<SourceHarness> {
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(
    await startPostgres({ binFolders: [binaries.folder], settings: { wal_level: 'logical' } }),
  );
  await createSampleDatabase(cluster);
  const resources = starting.move();
  return {
    // A name that nobody knows: all that connects takes the addresses that were found for it.
    source: new PostgresqlSource({
      location: cluster.location('shop').replace('127.0.0.1', 'database.invalid'),
      password: cluster.password,
      reach: async (host) => (host === 'database.invalid' ? ['127.0.0.1'] : []),
    }),
    secrets: [cluster.password],
    use: async () => {
      await runSql(
        cluster,
        'shop',
        `insert into sales.orders (customer_id, placed_at, total) select 1, '2026-03-03', 5 from generate_series(1, 50);
         select nextval('sales.invoice_numbers')`,
      );
    },
    destroy: async () => {
      await runSql(cluster, 'shop', 'drop table sales.orders cascade; truncate sales."Odd ""name"""');
    },
    tamper: async (copy) => {
      assert.ok(copy instanceof PostgresqlScratch);
      const { location, password } = copy.target;
      const client = new Client({ ...location, password: password ?? '' });
      await client.connect();
      await client.query('delete from sales.orders where id = 17');
      await client.end();
    },
    breakSource: async () => await cluster.stop(),
    [Symbol.asyncDispose]: async () => await resources.disposeAsync(),
  };
}

// Every major version of which there is a server on this machine; further ones are found on PATH.
const majors = Map.groupBy(await findBinaries('postgres'), ({ version }) => version.major);
assert.ok(majors.size > 0, 'the tests need the server programs of PostgreSQL');
for (const [major, [binaries]] of majors) {
  if (binaries !== undefined) describeSource(`PostgreSQL ${major}`, () => makeHarness(binaries));
}
