import assert from 'node:assert/strict';
import { open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { keepCapture } from '../testing/kept-snapshot.ts';
import { testContext } from '../testing/source-contract.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { SqliteSource } from './source.ts';

function makeShop(path: string, rows: number): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec(`pragma journal_mode = wal; create table orders (id integer primary key, note text);
    with recursive c(i) as (select 1 union all select i + 1 from c where i < ${rows})
    insert into orders select i, hex(randomblob(50)) from c`);
  return database;
}

const count = (path: string): unknown => {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare('select count(*) as n from orders').get();
  database.close();
  return row?.n;
};

async function setUp() {
  const folder = await TemporaryFolder.create();
  const path = join(folder.path, 'shop.db');
  const live = makeShop(path, 2_000);
  const source = new SqliteSource({ location: `sqlite:${path}`, temporaryFolder: folder.path });
  return {
    folder,
    path,
    live,
    source,
    async [Symbol.asyncDispose]() {
      if (live.isOpen) live.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('a missing database is missing: it is neither made nor backed up empty', async () => {
  await using folder = await TemporaryFolder.create();
  const path = join(folder.path, 'nothing.db');
  const source = new SqliteSource({ location: `sqlite:${path}`, temporaryFolder: folder.path });
  await assert.rejects(source.preflight(testContext()), { code: 'source.missing' });
  await assert.rejects(
    async () => await keepCapture(await source.capture(testContext()), join(folder.path, 'kept')),
    {
      code: 'source.missing',
    },
  );
  assert.equal((await source.probe(undefined, testContext())).findings[0]?.kind, 'missing');
  assert.ok(!(await readdir(folder.path)).includes('nothing.db'));
});

test('a damaged page is found before the first byte is given out', async () => {
  await using shop = await setUp();
  shop.live.close();
  const size = (await stat(shop.path)).size;
  await using file = await open(shop.path, 'r+');
  await file.write(Buffer.alloc(2_000, 0x5a), 0, 2_000, Math.floor(size / 2 / 4096) * 4096);
  await file.sync();
  const capture = await shop.source.capture(testContext());
  assert.equal(capture.form, 'streams');
  await assert.rejects(
    async () => {
      for await (const given of capture.form === 'streams' ? capture.files : [])
        assert.fail(`gave out ${given.path}`);
    },
    { code: 'source.corrupt', advice: /recover/ },
  );
  assert.deepEqual(
    (await readdir(shop.folder.path)).filter((name) => name.startsWith('octobox')),
    [],
  );
});

test('a restore waits for a writer, leaves its connection whole, and keeps the old content', async () => {
  await using shop = await setUp();
  const context = testContext();
  const snapshot = await keepCapture(await shop.source.capture(context), join(shop.folder.path, 'kept'));
  shop.live.exec('delete from orders where id <= 500; begin immediate; insert into orders (note) values (1)');
  const restoring = shop.source.restore(snapshot, { ...context, onProgress: ({ step }) => steps.add(step) });
  const steps = new Set<string>();
  // The writer goes on only when the restore has met its lock.
  while (!steps.has('writing the database')) await new Promise((resolve) => setImmediate(resolve));
  shop.live.exec('commit');
  const { warnings, verification } = await restoring;
  assert.equal(verification?.outcome, 'passed');
  assert.equal(shop.live.prepare('select count(*) as n from orders').get()?.n, 2_000);
  shop.live.exec("insert into orders (note) values ('after the restore')");
  assert.equal(count(shop.path), 2_001);
  const kept = /kept as (.*)\.$/.exec(warnings.join('\n'))?.[1];
  assert.ok(kept !== undefined);
  assert.equal(count(kept), 1_501);
});

test('a file that is gone or garbage is replaced, its old WAL set aside', async () => {
  await using shop = await setUp();
  const context = testContext();
  const snapshot = await keepCapture(await shop.source.capture(context), join(shop.folder.path, 'kept'));
  shop.live.close();
  await rm(shop.path);
  await shop.source.restore(snapshot, context);
  assert.equal(count(shop.path), 2_000);
  await truncate(shop.path, 5_000);
  const { warnings } = await shop.source.restore(snapshot, context);
  assert.equal(count(shop.path), 2_000);
  assert.ok(warnings.some((warning) => /must be restarted/.test(warning)));
  const names = await readdir(shop.folder.path);
  assert.ok(names.some((name) => name.startsWith('shop.db.before-restore-')));
  assert.deepEqual(
    names.filter((name) => name.startsWith('.')),
    [],
  );
});

test('a snapshot whose file was changed is refused, and the live database left alone', async () => {
  await using shop = await setUp();
  const context = testContext();
  const snapshot = await keepCapture(await shop.source.capture(context), join(shop.folder.path, 'kept'));
  const file = join(snapshot.root, 'octobox', 'shop.db', 'shop.db');
  const bytes = await readFile(file);
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.of((bytes[bytes.length - 10] ?? 0) ^ 1), 0, 1, bytes.length - 10);
  shop.live.exec('delete from orders where id = 1');
  await assert.rejects(shop.source.restore(snapshot, context), { code: 'source.snapshot-unusable' });
  await assert.rejects(shop.source.scratch(snapshot, shop.folder.path, context), {
    code: 'source.snapshot-unusable',
  });
  assert.equal(count(shop.path), 1_999);
});

test('a copy of a busy database is one moment of it', async () => {
  await using shop = await setUp();
  shop.live.exec('create table twin (id integer primary key)');
  let place = true;
  const writing = (async () => {
    while (place) {
      shop.live.exec('begin; insert into orders (note) values (1); insert into twin default values; commit');
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const snapshot = await keepCapture(
    await shop.source.capture(testContext()),
    join(shop.folder.path, 'kept'),
  );
  place = false;
  await writing;
  await using copy = await shop.source.scratch(snapshot, shop.folder.path, testContext());
  assert.equal((await copy.verify(testContext())).outcome, 'passed');
  const database = new DatabaseSync(join(snapshot.root, 'octobox', 'shop.db', 'shop.db'));
  const row = database
    .prepare('select (select count(*) from orders) - (select count(*) from twin) as n')
    .get();
  database.close();
  assert.equal(row?.n, 2_000);
});
