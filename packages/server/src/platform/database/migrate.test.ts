import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { migrations } from '../../migrations.ts';
import { onEachDatabase } from '../../testing/temporary-database.ts';
import { DatabaseDamagedError, ServerError } from '../errors.ts';
import type { Migration } from './migration.ts';
import { openDatabase } from './open-database.ts';
import type { DatabaseSettings } from './settings.ts';

const run = promisify(execFile);
const module = (path: string): string => JSON.stringify(import.meta.resolve(path));

onEachDatabase((databases) => {
  describe('the database', () => {
    it('is migrated from nothing, and a second time without harm', async () => {
      const settings = await databases.nothing();
      for (let i = 0; i < 2; i++) {
        const database = await openDatabase(settings, migrations);
        assert.deepEqual(await database.read.selectFrom('services').selectAll().execute(), []);
        await database.close();
      }
    });

    it('is migrated by many processes at once', async () => {
      const settings = await databases.nothing();
      const script = `
        import { openDatabase } from ${module('./open-database.ts')};
        import { migrations } from ${module('../../migrations.ts')};
        import { Secret } from ${module('../secret.ts')};
        const settings = ${JSON.stringify(settings)};
        if (settings.kind === 'postgresql') settings.password = new Secret(process.env.DATABASE_PASSWORD);
        const database = await openDatabase(settings, migrations);
        await database.close();`;
      const password = settings.kind === 'postgresql' ? settings.password?.reveal() : undefined;
      const env = { ...process.env, DATABASE_PASSWORD: password };
      const processes = Array.from({ length: 3 }, () =>
        run(process.execPath, ['--input-type=module', '--eval', script], { env }),
      );
      await Promise.all(processes);
      const database = await openDatabase(settings, migrations);
      assert.equal((await database.read.selectFrom('services').selectAll().execute()).length, 0);
      await database.close();
    });

    it('has nothing of a migration that failed', async () => {
      const settings = await databases.nothing();
      const half: Migration = {
        name: '0001-half',
        async up(database) {
          await sql`create table first_half (id integer)`.execute(database);
          await sql`create table second half`.execute(database);
        },
      };
      await assert.rejects(openDatabase(settings, [half]));
      await (await openDatabase(settings, migrations)).close();
    });

    it('is refused when a newer version wrote it', async () => {
      const settings = await databases.nothing();
      const newer: Migration = { name: '9999-from-tomorrow', up: async () => undefined };
      await (await openDatabase(settings, [...migrations, newer])).close();
      await assert.rejects(
        openDatabase(settings, migrations),
        (error) => error instanceof ServerError && error.code === 'server.database-newer',
      );
    });

    it('is not begun when somebody objects', async () => {
      const settings = await databases.nothing();
      const objection = new Error('not here');
      const beforeFirst = () => Promise.reject(objection);
      await assert.rejects(openDatabase(settings, migrations, { beforeFirst }), objection);
      await (await openDatabase(settings, migrations)).close();
      await (await openDatabase(settings, migrations, { beforeFirst })).close();
    });

    it('takes no two migrations of one number', async () => {
      const twin = (name: string): Migration => ({ name, up: async () => undefined });
      const twins = [twin('0001-a'), twin('0001-b')];
      await assert.rejects(openDatabase(await databases.nothing(), twins), /number of its own/);
    });

    it('holds to foreign keys, and to facts that are never edited', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      await assert.rejects(
        database.change((transaction) =>
          transaction
            .insertInto('health_days')
            .values({ source_id: 'no', day: 'd', up_seconds: 1, down_seconds: 0 })
            .execute(),
        ),
        /foreign key/i,
      );
      await database.change(async (transaction) => {
        const { id } = await transaction
          .insertInto('promises')
          .values({
            kind: 'backup-fresh',
            subject_id: 's',
            state: 'kept',
            since: '',
            evaluated_at: '',
            evidence: '{}',
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        await transaction
          .insertInto('promise_history')
          .values({ promise_id: id, at: '', from_state: null, to_state: 'kept', evidence: '{}' })
          .execute();
      });
      await assert.rejects(
        database.change((transaction) =>
          transaction.updateTable('promise_history').set({ to_state: 'broken' }).execute(),
        ),
        /never edited/,
      );
      await assert.rejects(
        database.change((transaction) => transaction.deleteFrom('promise_history').execute()),
        /never edited/,
      );
      const away =
        database.kind === 'sqlite'
          ? sql`replace into promise_history select * from promise_history`
          : sql`truncate promise_history`;
      await assert.rejects(
        database.change((transaction) => away.execute(transaction)),
        /never edited/,
      );
    });

    it('orders texts by their bytes and gives every number as one', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      const most = Number.MAX_SAFE_INTEGER;
      await database.change(async (transaction) => {
        for (const [index, name] of ['b', 'B', 'ä', 'a-b', 'ab', '_'].entries()) {
          await transaction.insertInto('heartbeats').values({ name, at: '' }).execute();
          const span = { first_due_at: `${index}`, last_due_at: '', noticed_at: '', reason: 'a\0b' };
          const lapse = { schedule_id: 1, kind: 'late' as const, schedule_kind: 'k', subject: name };
          await transaction
            .insertInto('schedule_lapses')
            .values({ ...span, ...lapse, count: most })
            .execute();
        }
      });
      const beats = await database.read.selectFrom('heartbeats').selectAll().orderBy('name').execute();
      assert.deepEqual(
        beats.map(({ name }) => name),
        ['B', '_', 'a-b', 'ab', 'b', 'ä'],
      );
      const { id, count, all } = await database.read
        .selectFrom('schedule_lapses')
        .select((e) => [e.fn.max('id').as('id'), e.fn.max('count').as('count'), e.fn.countAll().as('all')])
        .executeTakeFirstOrThrow();
      assert.deepEqual([id, count, all], [6, most, 6]);
    });

    it('makes changes one after the other, also those of several processes', async () => {
      await using temporary = await databases.open();
      const other = await openDatabase(temporary.settings, migrations);
      const now = '2026-11-23T12:00:00.000Z';
      /** Reads and then writes what rests on it, with time in between: the mistake that a lock must catch. */
      const raise = (database: typeof other): Promise<void> =>
        database.change(async (transaction) => {
          const found = await transaction
            .selectFrom('heartbeats')
            .select('at')
            .where('name', '=', 'count')
            .executeTakeFirst();
          const at = `${Number(found?.at ?? 0) + 1}`;
          await new Promise((resolve) => setImmediate(resolve));
          await transaction
            .insertInto('heartbeats')
            .values({ name: 'count', at })
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
            .execute();
          await transaction.insertInto('silences').values({ name: at, from_at: now, to_at: now }).execute();
        });
      // SQLite waits for another connection by holding up its process; from one process it would wait for itself.
      const both = temporary.settings.kind === 'sqlite' ? [other] : [temporary.database, other];
      await Promise.all(Array.from({ length: 40 }, (_, index) => raise(both[index % both.length] ?? other)));
      const rows = await other.read.selectFrom('silences').selectAll().orderBy('id').execute();
      assert.deepEqual(
        rows.map(({ name }) => name),
        Array.from({ length: 40 }, (_, index) => `${index + 1}`),
      );
      await other.close();
    });

    it('goes on with the next change after one that failed', async () => {
      await using temporary = await databases.open();
      const { database } = temporary;
      await assert.rejects(
        database.change(async (transaction) => {
          await transaction.insertInto('heartbeats').values({ name: 'x', at: '' }).execute();
          throw new Error('changed my mind');
        }),
        /changed my mind/,
      );
      assert.deepEqual(await database.read.selectFrom('heartbeats').selectAll().execute(), []);
      await database.change((transaction) =>
        transaction.insertInto('heartbeats').values({ name: 'x', at: '' }).execute(),
      );
    });
  });
});

describe('a database file', () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-database-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });
  const newFile = (): string => join(folder, `${count++}.db`);
  const at = (file: string): DatabaseSettings => ({ kind: 'sqlite', file });

  it('is readable by its owner alone', async () => {
    const file = newFile();
    await (await openDatabase(at(file), migrations)).close();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('that is damaged is said to be, and nothing is changed in it', async () => {
    const file = newFile();
    await (await openDatabase(at(file), migrations)).close();
    const bytes = await readFile(file);
    bytes.fill(0xa5, 4_096, 12_288);
    await writeFile(file, bytes);
    await assert.rejects(openDatabase(at(file), migrations), (error) => {
      assert(error instanceof DatabaseDamagedError);
      assert.ok(error.message.includes(file));
      assert.ok(error.advice);
      return true;
    });
    assert.deepEqual(await readFile(file), bytes);
  });

  it('is looked through later, if that is wanted, and then nothing is changed in what is damaged', async () => {
    const file = newFile();
    const fill: Migration = {
      name: '0001-fill',
      async up(database) {
        await sql`create table letters (text text)`.execute(database);
        await sql`insert into letters values (${'a'.repeat(100_000)})`.execute(database);
      },
    };
    await (await openDatabase(at(file), [fill])).close();
    const whole = await openDatabase(at(file), [fill], { checkLater: true });
    await whole.whole();
    await whole.change((transaction) => sql`insert into letters values ('b')`.execute(transaction));
    await whole.close();
    const bytes = await readFile(file);
    bytes.fill(0xa5, bytes.length - 4_096);
    await writeFile(file, bytes);
    await assert.rejects(openDatabase(at(file), [fill]), DatabaseDamagedError);

    const database = await openDatabase(at(file), [fill], { checkLater: true });
    let changed = false;
    const changing = database.change(async () => {
      changed = true;
    });
    await assert.rejects(changing, DatabaseDamagedError);
    await assert.rejects(database.whole(), DatabaseDamagedError);
    assert.equal(changed, false);
    await database.close();
    const next: Migration = { name: '0002-next', up: async () => assert.fail('nothing is migrated') };
    await assert.rejects(openDatabase(at(file), [fill, next], { checkLater: true }), DatabaseDamagedError);
    assert.deepEqual(await readFile(file), bytes);
  });

  it('of another kind is no database', async () => {
    const file = newFile();
    await writeFile(file, 'this is a letter, not a database\n'.repeat(200));
    await assert.rejects(openDatabase(at(file), migrations), DatabaseDamagedError);
  });

  it('in a folder that is missing comes with what to do', async () => {
    await assert.rejects(
      openDatabase(at(join(folder, 'missing', 'x.db')), migrations),
      (error) => error instanceof ServerError && error.code === 'server.database-unusable',
    );
  });
});
