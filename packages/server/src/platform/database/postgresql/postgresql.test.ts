import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { startPostgres } from '@octobox/sources/testing';
import { type Kysely, sql } from 'kysely';
import { Client } from 'pg';
import { migrations } from '../../../migrations.ts';
import { ServerError, type ServerErrorCode } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { openDatabase } from '../open-database.ts';
import type { PostgresqlSettings } from '../settings.ts';

describe('a PostgreSQL server', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let folder: string;
  before(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), 'octobox-postgresql-'));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const settings = (changes: Partial<PostgresqlSettings> = {}, place = {}): PostgresqlSettings => ({
    kind: 'postgresql',
    location: {
      ...{ host: server.host, port: server.port, user: server.superuser, database: 'postgres' },
      sslmode: 'prefer',
      ...place,
    },
    password: new Secret(server.password),
    passwordFile: undefined,
    ...changes,
  });
  const is =
    (code: ServerErrorCode, words: RegExp) =>
    (error: unknown): true => {
      assert(error instanceof ServerError, inspect(error));
      assert.equal(error.code, code);
      assert.match(error.message, words);
      assert.ok(error.advice);
      assert.ok(!inspect(error, { depth: 9 }).includes(server.password), 'the password is in the error');
      return true;
    };
  const refused = (given: PostgresqlSettings, code: ServerErrorCode, words: RegExp): Promise<void> =>
    assert.rejects(openDatabase(given, migrations), is(code, words));

  it('is used without TLS when it has none and nobody asked for it', async () => {
    const database = await openDatabase(settings(), migrations);
    assert.equal(database.where, `postgres at 127.0.0.1:${server.port}`);
    await database.close();
    await refused(settings({}, { sslmode: 'require' }), 'server.database-denied', /TLS as sslmode asks/);
  });

  it('that cannot be used comes with the reason and what to do', async () => {
    const wrong = settings({ password: new Secret('guessed') });
    await refused(wrong, 'server.database-denied', /user postgres, refuses the password/);
    await refused(settings({ password: undefined }), 'server.database-denied', /password/);
    await refused(settings({}, { database: 'shop' }), 'server.database-unusable', /does not exist/);
    await refused(
      settings({}, { port: 1 }),
      'server.database-unreachable',
      /cannot be reached.*ECONNREFUSED/,
    );
  });

  it('takes the password from a file that only its owner gets at', async () => {
    const passwordFile = join(folder, 'password');
    const given = settings({ password: undefined, passwordFile });
    await refused(given, 'server.database-denied', /ENOENT/);
    await writeFile(passwordFile, `${server.password}\n`, { mode: 0o644 });
    await refused(given, 'server.database-denied', /open to others \(mode 0644\)/);
    await rm(passwordFile);
    await writeFile(passwordFile, `${server.password}\n`, { mode: 0o600 });
    await (await openDatabase(given, migrations)).close();
  });

  it('holds everything in a schema of its own, also for a user who may make nothing else', async () => {
    await (await openDatabase(settings(), migrations)).close();
    const { rows } = await query(
      'postgres',
      `select count(*)::int as public from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    assert.equal(rows[0].public, 0);

    await query('postgres', "create role clerk login password 'clerk-1'");
    await query('postgres', 'create database clerks');
    const clerk = settings({ password: new Secret('clerk-1') }, { user: 'clerk', database: 'clerks' });
    await refused(clerk, 'server.database-denied', /denies this user a permission/);
    await query('clerks', 'create schema octobox authorization clerk');
    await (await openDatabase(clerk, migrations)).close();
  });

  it('that goes away and comes back is said to be away, and used again', async () => {
    const database = await openDatabase(settings(), migrations);
    const look = () => database.read.selectFrom('services').select('id').execute();
    await look();
    const cut = database.change(async (transaction) => {
      await transaction.insertInto('heartbeats').values({ name: 'cut', at: '' }).execute();
      await server.stop('immediate');
      await transaction.insertInto('heartbeats').values({ name: 'off', at: '' }).execute();
    });
    await assert.rejects(cut, is('server.database-unreachable', /cannot be reached/));
    await assert.rejects(look(), is('server.database-unreachable', /cannot be reached/));
    await assert.rejects(
      database.change((transaction) => transaction.deleteFrom('heartbeats').execute()),
      is('server.database-unreachable', /cannot be reached/),
    );
    await server.start();
    await look();
    await database.change((transaction) =>
      transaction.insertInto('heartbeats').values({ name: 'back', at: '' }).execute(),
    );
    const rows = await database.read.selectFrom('heartbeats').select('name').execute();
    assert.deepEqual(rows, [{ name: 'back' }]);
    await database.close();
  });

  /** Reads beside the changes, in the words of PostgreSQL. */
  async function reading() {
    const database = await openDatabase(settings(), migrations);
    const read = database.read as unknown as Kysely<unknown>;
    return {
      ask: async (text: string) => (await sql.raw(text).execute(read)).rows,
      [Symbol.asyncDispose]: () => database.close(),
    };
  }

  it('answers a read that comes often as it answered the first time', async () => {
    await using under = await reading();
    const text = `select * from (values (2, 9007199254740991::bigint, 0.1::double precision, 'Zoë "☂"' || chr(10), true, null::text),
      (1, -1::bigint, 12.50::numeric, '', false, 'x')) as t (id, size, share, name, kept, note) order by id desc`;
    const first = await under.ask(text);
    const [{ size, share, name }] = first as [Record<string, unknown>];
    assert.deepEqual([size, share, name], [Number.MAX_SAFE_INTEGER, 0.1, 'Zoë "☂"\n']);
    for (let again = 0; again < 4; again++) assert.deepEqual(await under.ask(text), first);
    const none = 'select name from octobox.heartbeats where false';
    for (let again = 0; again < 3; again++) assert.deepEqual(await under.ask(none), []);
    for (let again = 0; again < 3; again++)
      assert.deepEqual(await under.ask('show search_path'), [{ search_path: 'octobox' }]);
  });

  it('answers many reads at once, each with its own rows, and the wrong ones with their errors', async () => {
    await using under = await reading();
    const asked = Array.from({ length: 60 }, async (_, n) =>
      n % 7 === 3
        ? await assert.rejects(under.ask(`select ${n} / 0 as n`), /division by zero/)
        : assert.deepEqual(await under.ask(`select ${n} as n`), [{ n }]),
    );
    await Promise.all(asked);
  });

  it('lets no read wait behind a slow one', async () => {
    await using under = await reading();
    let isSlowOver = false;
    const slow = under.ask('select pg_sleep(3)').then(() => {
      isSlowOver = true;
    });
    await sleep(100);
    for (let n = 0; n < 5; n++) assert.deepEqual(await under.ask('select 1 as one'), [{ one: 1 }]);
    assert.equal(isSlowOver, false);
    await slow;
  });

  it('goes on reading when another node has changed a table', async () => {
    await using under = await reading();
    await query(
      'postgres',
      'create table octobox.growing (id integer); insert into octobox.growing values (1)',
    );
    const all = 'select * from octobox.growing';
    for (let again = 0; again < 3; again++) assert.deepEqual(await under.ask(all), [{ id: 1 }]);
    await query('postgres', "alter table octobox.growing add column name text default 'new'");
    for (let again = 0; again < 3; again++) assert.deepEqual(await under.ask(all), [{ id: 1, name: 'new' }]);
    await query('postgres', 'drop table octobox.growing');
    await assert.rejects(under.ask(all), /does not exist/);
  });

  it('reads on when its sessions were ended', async () => {
    await using under = await reading();
    assert.deepEqual(await under.ask('select 1 as one'), [{ one: 1 }]);
    await query(
      'postgres',
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'octobox'",
    );
    await sleep(200);
    assert.deepEqual(await under.ask('select 1 as one'), [{ one: 1 }]);
  });

  async function query(database: string, text: string) {
    const client = new Client(server.connection(database));
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  }
});
