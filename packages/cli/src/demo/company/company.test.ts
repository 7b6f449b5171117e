import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import pg from 'pg';
import { Company } from './company.ts';
import { PostgresShop } from './postgres/shop.ts';
import { fullSize, scaled } from './size.ts';
import { SqliteShop } from './sqlite/shop.ts';

const signal = AbortSignal.timeout(600_000);
const small = scaled(fullSize, 0.01);
const today = new Date('2026-11-23T07:00:00Z');

async function temporary() {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-company-'));
  await chmod(folder, 0o711);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function query(shop: PostgresShop, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(shop.cluster.connection('shop'));
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** A fingerprint of every row, independent of where it lies. */
const fingerprints = `
  SELECT (SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM products p) AS products,
    (SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o) AS orders,
    (SELECT md5(string_agg(i::text, '|' ORDER BY order_id, line)) FROM order_items i) AS items,
    (SELECT md5(string_agg(s::text, '|' ORDER BY id)) FROM sessions s) AS sessions`;

describe('the sample company', () => {
  it('holds over a million rows in a dozen related tables and five thousand files, at little cost', async () => {
    await using place = await temporary();
    const before = process.cpuUsage();
    await using company = await Company.found({
      ...{ folder: place.folder, shop: 'postgresql', size: fullSize, ordersPerSecond: 10, signal },
    });
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 60_000_000, `made in ${(user + system) / 1e6} s of processor time`);
    assert.ok(company.shop.rows > 1_000_000);
    assert.ok(company.shop.tables >= 12);
    assert.equal(company.files.files, 5_000);

    const shop = company.shop as PostgresShop;
    const [kinds] = await query(
      shop,
      `SELECT (SELECT count(*)::int FROM pg_constraint WHERE contype = 'f' AND conparentid = 0) AS references,
        (SELECT count(*)::int FROM pg_inherits JOIN pg_class ON inhparent = pg_class.oid WHERE relname = 'orders') AS partitions,
        (SELECT count(*)::int FROM pg_largeobject_metadata) AS large_objects,
        (SELECT count(*)::int FROM pg_extension WHERE extname <> 'plpgsql') AS extensions,
        (SELECT count(*)::int FROM pg_views WHERE schemaname = 'reporting') AS views,
        (SELECT count(*)::int FROM pg_matviews) AS materialised_views,
        (SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0) AS triggers,
        (SELECT sum(n_live_tup)::int FROM pg_stat_user_tables) AS rows`,
    );
    assert.ok(Number(kinds?.references) >= 14);
    assert.deepEqual(
      { ...kinds, references: 'many', rows: 'many' },
      {
        ...{ references: 'many', partitions: 17, large_objects: 40, extensions: 3 },
        ...{ views: 2, materialised_views: 1, triggers: 2, rows: 'many' },
      },
    );
    const [sums] = await query(
      shop,
      `SELECT (SELECT count(*)::int FROM orders) AS orders,
        (SELECT count(*)::int FROM orders o WHERE total <> order_total(o.id) AND id % 50 = 0) AS wrong_totals`,
    );
    assert.deepEqual(sums, { orders: fullSize.orders, wrong_totals: 0 });
  });

  it('is the same at every run, row for row', async () => {
    await using place = await temporary();
    await using first = await PostgresShop.open({ folder: place.folder, size: small, today, signal });
    await using second = await PostgresShop.open({ folder: place.folder, size: small, today, signal });
    assert.equal(first.rows, second.rows);
    assert.deepEqual(await query(first, fingerprints), await query(second, fingerprints));
  });

  it('refuses rows that refer to nothing', async () => {
    await using place = await temporary();
    await using shop = await PostgresShop.open({ folder: place.folder, size: small, today, signal });
    await assert.rejects(
      query(
        shop,
        "INSERT INTO payments (order_id, placed_at, method, amount, paid_at) VALUES (1, now(), 'card', 1, now())",
      ),
      /foreign key/,
    );
    await assert.rejects(query(shop, 'UPDATE inventory SET quantity = -1'), /check constraint/);
  });

  it('has the same story to tell on SQLite, with sound references', async () => {
    await using place = await temporary();
    await using shop = await SqliteShop.open({ folder: place.folder, size: small, today, signal });
    const database = new DatabaseSync(shop.location);
    try {
      assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
      assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
      const wrong = database
        .prepare(
          `SELECT count(*) AS count FROM orders o
           WHERE total <> (SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = o.id)`,
        )
        .get();
      assert.deepEqual({ ...wrong }, { count: 0 });
    } finally {
      database.close();
    }
    assert.ok(shop.tables >= 12);
  });

  it('leaves nothing behind when it is interrupted while it is made', async () => {
    await using place = await temporary();
    const abort = new AbortController();
    const onProgress = (step: string) => {
      if (step === 'filling orders') abort.abort(new Error('enough'));
    };
    await assert.rejects(
      PostgresShop.open({ folder: place.folder, size: small, today, signal: abort.signal, onProgress }),
      /enough/,
    );
    assert.deepEqual(await readdir(place.folder), []);
  });
});

describe("the web server's files", () => {
  it('are the same bytes at every run, open in any viewer, and hold copies of one another', async () => {
    await using place = await temporary();
    const { writeWebsite } = await import('./website/files.ts');
    const made = await writeWebsite(join(place.folder, 'one'), 200, { signal });
    await writeWebsite(join(place.folder, 'two'), 200, { signal });
    const read = async (folder: string) => {
      const entries = await readdir(join(place.folder, folder), { recursive: true, withFileTypes: true });
      const sums = new Map<string, string>();
      for (const entry of entries.filter((each) => each.isFile())) {
        const path = join(entry.parentPath, entry.name);
        const content = await readFile(path);
        if (path.endsWith('.png')) assert.equal(content.toString('latin1', 1, 4), 'PNG');
        if (path.endsWith('.pdf')) {
          const table = Number(/startxref\n(\d+)\n/.exec(content.toString('latin1'))?.[1]);
          assert.equal(content.toString('latin1', table, table + 4), 'xref');
        }
        sums.set(
          path.slice(join(place.folder, folder).length),
          createHash('sha256').update(content).digest('hex'),
        );
      }
      return sums;
    };
    const [one, two] = [await read('one'), await read('two')];
    assert.deepEqual(one, two);
    assert.equal(one.size, 200);
    assert.equal(made.files, 200);
    assert.ok(new Set(one.values()).size < 170, 'about a quarter are copies');
  });
});
