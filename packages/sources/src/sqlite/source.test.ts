import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeSource, type SourceHarness } from '../testing/source-contract.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { SqliteScratch } from './scratch.ts';
import { SqliteSource } from './source.ts';

const content = `
pragma journal_mode = wal;
create table customers (id integer primary key autoincrement, email text unique not null);
create table orders (id integer primary key, customer_id integer not null references customers, total real);
create index orders_by_customer on orders (customer_id) where total > 10;
create view big_orders as select * from orders where total > 100;
create trigger no_negative before insert on orders when new.total < 0 begin select raise(abort, 'negative'); end;
create table "odd ""name""" (k text primary key) without rowid;
create virtual table notes using fts5(body);
pragma user_version = 7;
with recursive c(i) as (select 1 union all select i + 1 from c where i < 3000)
  insert into customers (email) select 'c' || i || '@example.org' from c;
insert into orders (customer_id, total) select id, id % 300 from customers;
insert into "odd ""name""" values ('a'), ('b');
insert into notes values ('first'), ('second');
`;

async function makeHarness(): Promise<SourceHarness> {
  const folder = await TemporaryFolder.create();
  const path = join(folder.path, 'shop.db');
  // Open all the time, as the application's is, so that the WAL is in use.
  const live = new DatabaseSync(path);
  live.exec(content);
  return {
    source: new SqliteSource({ location: `sqlite:${path}`, temporaryFolder: folder.path }),
    secrets: [],
    use: async () => live.exec('insert into orders (customer_id, total) values (1, 20), (2, 30)'),
    destroy: async () => live.exec('drop table orders; delete from customers where id > 100'),
    tamper: async (copy) => {
      assert.ok(copy instanceof SqliteScratch);
      const database = new DatabaseSync(copy.path);
      database.exec('delete from orders where id = 17');
      database.close();
    },
    breakSource: async () => {
      live.close();
      await writeFile(path, 'no database at all, but long enough to look at. '.repeat(200));
    },
    [Symbol.asyncDispose]: async () => {
      if (live.isOpen) live.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describeSource('SQLite', makeHarness);
