import assert from 'node:assert/strict';
import { it } from 'node:test';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { Prepared } from './prepared.ts';

const namesOf = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name);

onEachDatabase((databases) => {
  it('a prepared select takes other values each time, also within a change, and is put together once', async () => {
    await using made = await databases.open();
    let built = 0;
    const named = new Prepared((reader, given: { low: string; high: string }) => {
      built++;
      return reader
        .selectFrom('migrations_of_a_test' as 'services')
        .select('name')
        .where('name', '>=', given.low)
        .where('name', '<', given.high)
        .orderBy('name');
    });
    await made.database.change(async (transaction) => {
      await transaction.schema.createTable('migrations_of_a_test').addColumn('name', 'text').execute();
      for (const name of ['a', 'b', 'c'])
        await transaction
          .insertInto('migrations_of_a_test' as 'services')
          .values({ name } as never)
          .execute();
      assert.deepEqual(namesOf(await named.rows(transaction, { low: 'a', high: 'c' })), ['a', 'b']);
    });
    assert.deepEqual(namesOf(await named.rows(made.database.read, { low: 'b', high: 'd' })), ['b', 'c']);
    assert.equal(built, 1);
  });
});
