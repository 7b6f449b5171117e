import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { type KeptSnapshot, keepCapture } from '../../testing/kept-snapshot.ts';
import { startPostgres } from '../../testing/postgres.ts';
import { createSampleDatabase, runSql } from '../../testing/sample-database.ts';
import { testContext } from '../../testing/source-contract.ts';
import { TemporaryFolder } from '../../testing/temporary-folder.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { PostgresqlSource } from '../source.ts';

const count = async (cluster: Cluster, database: string, from: string): Promise<number> =>
  Number((await runSql(cluster, database, `select count(*) as n from ${from}`))[0]?.n);

const databases = async (cluster: Cluster): Promise<string[]> =>
  (
    await runSql(cluster, 'postgres', 'select datname from pg_database where not datistemplate order by 1')
  ).map(({ datname }) => String(datname));

describe('a restore of PostgreSQL', () => {
  let cluster: Cluster;
  let folder: TemporaryFolder;
  let source: PostgresqlSource;
  let snapshot: KeptSnapshot;
  let kept = 0;

  before(async () => {
    cluster = await startPostgres({ settings: { wal_level: 'logical' } });
    folder = await TemporaryFolder.create();
    await createSampleDatabase(cluster);
    source = new PostgresqlSource({ location: cluster.location('shop'), password: cluster.password });
  });
  beforeEach(async () => {
    kept += 1;
    snapshot = await keepCapture(await source.capture(testContext()), join(folder.path, `kept-${kept}`));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('ends live sessions, keeps the database as it was, and brings its own settings back', async () => {
    await runSql(cluster, 'shop', 'delete from sales.orders where id <= 100');
    await runSql(
      cluster,
      'shop',
      'alter database shop reset work_mem; grant connect on database shop to public',
    );
    const application = new Client(cluster.connection('shop'));
    let ended = false;
    application.on('error', () => {
      ended = true;
    });
    await application.connect();
    const report = await source.restore(snapshot, testContext());
    await assert.rejects(application.query('select 1'));
    assert.ok(ended);
    assert.equal(report.verification?.outcome, 'passed');
    assert.equal(await count(cluster, 'shop', 'sales.orders'), 8000);
    const [old] = (await databases(cluster)).filter((name) => name.startsWith('shop_before_restore_'));
    assert.ok(old !== undefined && report.warnings.some((warning) => warning.includes(old)));
    assert.equal(await count(cluster, old, 'sales.orders'), 7900);
    assert.equal((await runSql(cluster, 'shop', 'show work_mem'))[0]?.work_mem, '5MB');
    const [access] = await runSql(
      cluster,
      'shop',
      "select has_database_privilege('public', 'shop', 'connect') as everybody, has_database_privilege('clerk', 'shop', 'connect') as clerk",
    );
    assert.deepEqual({ ...access }, { everybody: false, clerk: true });
    await runSql(cluster, 'postgres', `drop database ${old}`);
  });

  it('brings back a database and roles that are gone altogether', async () => {
    await runSql(cluster, 'postgres', 'drop database shop with (force)');
    await runSql(cluster, 'postgres', 'drop role clerk');
    const probe = await source.probe(snapshot, testContext());
    assert.deepEqual(
      probe.findings.map(({ kind, object }) => [kind, object]),
      [['missing', 'database shop']],
    );
    const report = await source.restore(snapshot, testContext());
    assert.deepEqual(report.warnings, ['Roles created: clerk']);
    assert.equal((await source.verify(snapshot, testContext())).outcome, 'passed');
    assert.equal(
      (await runSql(cluster, 'postgres', "select pg_has_role('clerk', 'shop Reader', 'member') as m"))[0]?.m,
      true,
    );
  });

  const untouched = async (restoring: () => Promise<unknown>, error: object): Promise<void> => {
    await runSql(cluster, 'shop', 'create table if not exists mark ()');
    await assert.rejects(restoring(), error);
    assert.deepEqual(await databases(cluster), ['postgres', 'shop']);
    assert.equal(await count(cluster, 'shop', 'mark'), 0);
    await runSql(cluster, 'shop', 'drop table mark');
  };

  it('leaves the live database alone when the dump is cut short', async () => {
    const dump = join(snapshot.root, 'octobox', 'shop', 'shop.dump');
    await truncate(dump, Math.floor((await readFile(dump)).length / 2));
    await untouched(() => source.restore(snapshot, testContext()), { code: 'source.restore-failed' });
    await assert.rejects(source.scratch(snapshot, folder.path, testContext()), {
      code: 'source.restore-failed',
    });
  });

  it('leaves the live database alone when the copy is not what the inventory says', async () => {
    const path = join(snapshot.root, 'octobox', 'shop', 'inventory.json');
    const inventory = await readFile(path, 'utf8');
    await writeFile(
      path,
      inventory.replace('"count": 500\n', '"count": 501\n').replace('"count": 500,', '"count": 501,'),
    );
    await untouched(() => source.restore(snapshot, testContext()), {
      code: 'source.verification-failed',
      message: /sales\.customers has 500 instead of 501/,
    });
    await writeFile(path, inventory.slice(0, -100));
    await untouched(() => source.restore(snapshot, testContext()), { code: 'source.snapshot-unusable' });
  });

  it('leaves the live database alone when it is aborted while it loads', async () => {
    const abort = new AbortController();
    const onProgress = ({ step }: { step: string }) => {
      if (step.startsWith('loading')) abort.abort(new Error('enough'));
    };
    await untouched(
      () => source.restore(snapshot, testContext({ signal: abort.signal, onProgress })),
      /enough/,
    );
  });

  it('is verified exactly although the shop was busy during the backup', async () => {
    let busy = true;
    let orders = 0;
    const writer = (async () => {
      const client = new Client(cluster.connection('shop'));
      await client.connect();
      while (busy) {
        await client.query(
          "insert into sales.orders (customer_id, placed_at, total) values (1, '2026-02-02', 1)",
        );
        await client.query("select nextval('sales.invoice_numbers')");
        orders += 1;
      }
      await client.end();
    })();
    const capture = await source.capture(testContext());
    const live = await keepCapture(capture, join(folder.path, 'busy'));
    busy = false;
    await writer;
    assert.ok(orders > 0);
    await using copy = await source.scratch(live, folder.path, testContext());
    const report = await copy.verify(testContext());
    assert.deepEqual(
      report.checks.flatMap(({ differences }) => differences),
      [],
    );
    assert.deepEqual(
      report.checks.map(({ name }) => name),
      [
        'rows',
        'objects',
        'sequences',
        'extensions',
        'foreign-keys',
        'large-objects',
        'grants',
        'roles',
        'database',
        'integrity',
      ],
    );
  });

  it('is rehearsed on a scratch server that is given, which is left as it was', async () => {
    await using scratchServer = await startPostgres();
    const rehearsed = new PostgresqlSource({
      location: cluster.location('shop'),
      password: cluster.password,
      scratchServer: { location: scratchServer.location('postgres'), password: scratchServer.password },
    });
    {
      await using copy = await rehearsed.scratch(snapshot, folder.path, testContext());
      const report = await copy.verify(testContext());
      assert.deepEqual(
        report.checks.flatMap(({ differences }) => differences),
        [],
      );
    }
    assert.deepEqual(await databases(scratchServer), ['postgres']);
    assert.equal(await count(scratchServer, 'postgres', "pg_roles where rolname !~ '^pg_'"), 1);
  });

  it('works with a database whose encoding has few characters', async () => {
    await runSql(
      cluster,
      'postgres',
      "create database latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'",
    );
    await runSql(cluster, 'latin', "create table word (w text); insert into word values ('Öl'), ('daß')");
    const latin = new PostgresqlSource({ location: cluster.location('latin'), password: cluster.password });
    const taken = await keepCapture(await latin.capture(testContext()), join(folder.path, 'latin'));
    await using copy = await latin.scratch(taken, folder.path, testContext());
    assert.equal((await copy.verify(testContext())).outcome, 'passed');
    await runSql(cluster, 'postgres', 'drop database latin with (force)');
  });

  const forgotten: [string, string, string][] = [
    // First, because a copy by template has no settings anyway.
    ['database', 'a setting', 'alter database shop reset search_path'],
    [
      'rows',
      'a row',
      'delete from sales.customers where id = 500 and id not in (select customer_id from sales.orders)',
    ],
    ['objects', 'a view', 'drop view sales.open_orders'],
    ['objects', 'a trigger', 'drop trigger touch on sales."Odd ""name"""'],
    ['objects', 'a function', 'drop function sales.total_of'],
    ['objects', 'an index', 'drop index sales.orders_by_customer'],
    ['objects', 'a policy', 'drop policy own on sales.customers'],
    [
      'objects',
      'a changed view',
      'create or replace view sales.open_orders as select o.id, c.name from sales.orders o join sales.customers c on c.id = o.customer_id',
    ],
    ['objects', 'a column', 'alter table sales.old_notes drop column id'],
    ['objects', 'a comment', 'comment on table sales.orders is null'],
    ['foreign-keys', 'a foreign key', 'alter table sales.old_notes drop constraint old_notes_customer'],
    ['sequences', 'a position', "select setval('sales.invoice_numbers', 1000)"],
    ['extensions', 'an extension', 'alter table sales.customers drop column tags; drop extension hstore'],
    ['large-objects', 'a large object', 'select lo_unlink(min(oid)) from pg_largeobject_metadata'],
    ['grants', 'a grant', 'revoke select on sales.orders from "shop Reader"'],
    ['grants', 'a column grant', 'revoke update (name) on sales.customers from clerk'],
    [
      'grants',
      'default privileges',
      'set role shop_owner; alter default privileges in schema sales revoke select on tables from "shop Reader"',
    ],
  ];
  it('that forgets one thing is found out by the check of that thing', async () => {
    await runSql(
      cluster,
      'shop',
      "insert into sales.customers (email, name) values ('lonely@example.org', 'L')",
    );
    await runSql(cluster, 'shop', 'delete from sales.orders where customer_id = 500');
    const complete = await keepCapture(await source.capture(testContext()), join(folder.path, 'complete'));
    const endSessions = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'shop'";
    await runSql(cluster, 'postgres', endSessions);
    await runSql(cluster, 'postgres', 'create database pristine template shop');
    for (const [check, thing, sql] of forgotten) {
      await runSql(cluster, 'shop', sql);
      const report = await source.verify(complete, testContext());
      const failed = report.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
      assert.ok(failed.includes(check), `${thing}: ${failed.join(', ') || 'nothing failed'}`);
      await runSql(cluster, 'postgres', 'drop database shop with (force)');
      await runSql(cluster, 'postgres', 'create database shop template pristine');
    }
  });
});
