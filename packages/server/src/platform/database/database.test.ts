import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { onEachDatabase } from '../../testing/temporary-database.ts';

onEachDatabase((databases) => {
  describe('a change', () => {
    it('refuses what would look beside its transaction, or wait for its own end', {
      timeout: 20_000,
    }, async () => {
      await using made = await databases.open();
      const { database } = made;
      const look = () => database.read.selectFrom('services').select('id').execute();
      await assert.rejects(
        database.change(() => look()),
        /beside the transaction of a change/,
      );
      await assert.rejects(
        database.change(() => database.change(async () => undefined)),
        /within a change/,
      );
      assert.deepEqual(
        await database.change((transaction) => transaction.selectFrom('services').select('id').execute()),
        [],
      );
    });

    it('lets others look meanwhile, and what outlives it look afterwards', async () => {
      await using made = await databases.open();
      await using another = await databases.open();
      const { database } = made;
      const look = (of = database) => of.read.selectFrom('services').select('id').execute();
      const { promise: late, resolve } = Promise.withResolvers<unknown>();
      const changing = database.change(async () => {
        void setTimeout(50).then(() => resolve(look()));
        return await look(another.database);
      });
      assert.deepEqual([await look(), await changing, await late], [[], [], []]);
      await database.change(async () => undefined);
    });
  });
});
