import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { kyselyDatabase } from './node-sqlite.ts';

it('rows of SQLite are plain objects, with columns that a table got after the statement was prepared', () => {
  const sqlite = new DatabaseSync(':memory:');
  const database = kyselyDatabase(sqlite);
  sqlite.exec("create table letters (id integer, text text); insert into letters values (1, 'a'), (2, null)");
  const select = database.prepare('select * from letters order by id');
  const rows = [
    { id: 1, text: 'a' },
    { id: 2, text: null },
  ];
  assert.deepEqual(select.all([]), rows);
  assert.deepEqual([...select.iterate([])], rows);
  assert.equal(database.prepare("insert into letters values (3, 'c')").reader, false);
  sqlite.exec('alter table letters add column seen integer not null default 0');
  assert.deepEqual(
    select.all([]),
    rows.map((row) => ({ ...row, seen: 0 })),
  );
  database.close();
});
