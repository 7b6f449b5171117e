import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { sqliteMaker } from '../testing/temporary-database.ts';

describe('what SQLite does for lists of runs', () => {
  const databases = sqliteMaker();
  const planOf = async (query: string): Promise<string> => {
    await using made = await databases.open();
    const { rows } = await made.database.change((transaction) =>
      sql<{ detail: string }>`explain query plan ${sql.raw(query)}`.execute(transaction),
    );
    return rows.map(({ detail }) => detail).join('\n');
  };

  for (const where of [
    "state = 'succeeded'",
    "state = 'succeeded' and id < 7",
    "source_id = 'a' and state = 'failed'",
    "source_id = 'a'",
  ])
    it(`a page of those with ${where} is read in its order, and not sorted out of all`, async () => {
      const plan = await planOf(`select * from runs where ${where} order by id desc limit 51`);
      assert.match(plan, /SEARCH runs USING INDEX/);
      assert.doesNotMatch(plan, /TEMP B-TREE/);
    });

  it('a page of one state of a source is read past no run of others', async () => {
    const plan = await planOf(
      "select * from runs where source_id = 'a' and state = 'failed' order by id desc limit 51",
    );
    assert.match(plan, /\(source_id=\? AND state=\?\)/);
  });

  it('the days that a repository grew on are summed in the order of an index', async () => {
    const day = 'substr(finished_at, 1, 10)';
    const plan = await planOf(
      `select ${day}, sum(bytes_stored) from runs where snapshot_id is not null and ${day} >= '2020' group by ${day}`,
    );
    assert.match(plan, /USING INDEX runs_grown/);
    assert.doesNotMatch(plan, /TEMP B-TREE/);
  });
});
