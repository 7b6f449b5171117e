import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { startPostgres } from '@octobox/sources/testing';
import pg from 'pg';
import { jsonLines, Workshop } from '../testing/octobox.ts';

interface Told {
  readonly name: string;
  readonly new: boolean;
  readonly schedule: string;
  readonly rpo_seconds: number;
  readonly changes?: Record<string, unknown>;
}

describe('protect, said again', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.open();
    await mkdir(shop.at('www'));
    await mkdir(shop.at('etc'));
    await writeFile(shop.at('www/index.html'), 'index');
    await writeFile(shop.at('www/cache.tmp'), 'cache');
    const database = new DatabaseSync(shop.at('shop.db'));
    database.exec('create table orders (id integer primary key)');
    database.close();
    const first = await shop.run(['protect', 'sqlite:shop.db', 'www', '--name', 'Shop', '--every', '30m']);
    assert.equal(first.code, 0, first.stderr);
  });
  after(() => shop[Symbol.asyncDispose]());

  const told = async (args: readonly string[]): Promise<Told[]> => {
    const { code, stdout, stderr } = await shop.run(['protect', ...args, '--json']);
    assert.equal(code, 0, stderr);
    return (jsonLines(stdout)[0]?.sources ?? []) as Told[];
  };

  it('without options leaves everything as it was, and says so', async () => {
    const { code, stdout, stderr } = await shop.run(['protect', 'sqlite:shop.db', 'www']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^shop\.db: as it was$/m);
    assert.match(stdout, /^www: as it was$/m);
    const sources = await told(['sqlite:shop.db', 'www']);
    assert.deepEqual(
      sources.map((source) => [source.new, source.schedule, source.changes]),
      [
        [false, 'every 30m', {}],
        [false, 'every 6h', {}],
      ],
    );
  });

  it('changes what is given, and says it for each source', async () => {
    const args = ['protect', 'sqlite:shop.db', 'www', '--every', '1h', '--rpo', '2h', '-e', '*.tmp', '-x'];
    const { code, stdout, stderr } = await shop.run(args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^shop\.db: every 30m → every 1h, may lose: 1 h → 2 h$/m);
    assert.match(stdout, /^www: may lose: 6 h → 2 h, excludes: none → \*\.tmp, one file system: no → yes$/m);
    // The folder is backed up every six hours still, which the new objective does not allow.
    assert.match(stdout, /^warning: www: backed up every 6 h, and at most 2 h may be lost$/m);
  });

  it('refuses a database at an address that no schedule would reach', async () => {
    const { code, stderr } = await shop.run(['protect', 'postgres://shop@0.0.0.0:1/shop', '--name', 'Shop']);
    assert.equal(code, 1);
    assert.match(stderr, /0\.0\.0\.0 is at an address that is not reached from here/);
  });

  it('leaves out from then on what is excluded', async () => {
    assert.equal((await shop.run(['backup', 'www'])).code, 0);
    const { stdout } = await shop.run(['ls', 'latest']);
    assert.match(stdout, /index\.html/);
    assert.doesNotMatch(stdout, /cache\.tmp/);
  });

  it('tells the changes as JSON, and takes both options for folders back', async () => {
    const [www] = await told(['www', '--no-exclude', '--no-one-file-system', '--every', '3h']);
    assert.deepEqual(www?.changes, {
      schedule: { from: 'every 6h', to: 'every 3h' },
      excludes: { from: ['*.tmp'], to: [] },
      one_file_system: { from: true, to: false },
    });
    const [again] = await told(['www', '--every', '3h', '--rpo', '2h', '--name', 'shop', '--rto', '15m']);
    assert.deepEqual(again?.changes, {});
  });

  it('refuses what it would have to ignore, and changes nothing', async () => {
    for (const [args, message] of [
      [['sqlite:shop.db', '--exclude', '*.tmp'], /--exclude is for folders, and none is named/],
      [['sqlite:shop.db', '--files-every', '2h'], /--files-every is for folders/],
      [['www', '--rpo', '9h', '--rto', '1h'], /the service Shop exists, with objectives of its own/],
      [['www', 'etc', '--rpo', '9h', '--criticality', 'low'], /the service Shop exists/],
      [['www', 'etc', '--rpo', '9h', '--name', 'Other'], /www belongs to the service Shop already/],
      [['www', '--rpo', '9h', '/no/where'], /\/no\/where does not exist/],
    ] as const) {
      const { code, stderr } = await shop.run(['protect', ...args]);
      assert.equal(code, 1, message.source);
      assert.match(stderr, message);
    }
    const report = JSON.parse((await shop.run(['status', '--json'])).stdout);
    assert.deepEqual(
      report.services.map((service: { name: string; sources: unknown[] }) => [
        service.name,
        service.sources.length,
      ]),
      [['Shop', 2]],
    );
    assert.equal((await told(['www']))[0]?.rpo_seconds, 7_200);
  });
});

describe('protect, said again for a PostgreSQL database', () => {
  it('renews the password that the schedules use, once it was tried', async () => {
    await using postgres = await startPostgres();
    await using shop = await Workshop.open();
    const client = new pg.Client(postgres.connection('postgres'));
    await client.connect();
    const location = postgres.location('postgres').replace('postgres@', 'keeper@');
    const withPassword = (password: string) => ({ env: { PGPASSWORD: password } });
    try {
      await client.query("create role keeper superuser login password 'autumn'");
      const first = await shop.run(['protect', location], withPassword('autumn'));
      assert.equal(first.code, 0, first.stderr);

      // No password is given: the look uses the one that is kept.
      const kept = await shop.run(['protect', location, '--every', '2h']);
      assert.equal(kept.code, 0, kept.stderr);
      assert.match(kept.stdout, /^postgres: every 1h → every 2h$/m);

      await client.query("alter role keeper password 'winter'");
      const stale = await shop.run(['protect', location]);
      assert.equal(stale.code, 1);
      assert.match(stale.stderr, /password/);
      const wrong = await shop.run(['protect', location, '--every', '3h'], withPassword('summer'));
      assert.equal(wrong.code, 1);

      const renewed = await shop.run(['protect', location], withPassword('winter'));
      assert.equal(renewed.code, 0, renewed.stderr);
      assert.match(renewed.stdout, /^postgres: password renewed$/m);
      assert.doesNotMatch(renewed.stdout + renewed.stderr, /winter/);
      const vault = jsonLines((await shop.run(['vault', 'status', '--json'])).stdout)[0];
      const [secret] = (vault?.secrets ?? []) as { owner_name: string; version: number }[];
      assert.deepEqual([secret?.owner_name, secret?.version], ['postgres', 2]);
      const backup = await shop.run(['backup']);
      assert.equal(backup.code, 0, backup.stderr);
      const same = await shop.run(['protect', location], withPassword('winter'));
      assert.match(same.stdout, /^postgres: as it was$/m);
    } finally {
      await client.end();
    }
  });
});
