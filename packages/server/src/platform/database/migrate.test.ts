import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { migrations } from '../../migrations.ts';
import { DatabaseDamagedError, ServerError } from '../errors.ts';
import type { Migration } from './migration.ts';
import { openDatabase } from './open-database.ts';

const run = promisify(execFile);

describe('the database', () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-database-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });
  const newFile = (): string => join(folder, `${count++}.db`);

  it('is made from nothing, readable by its owner alone', async () => {
    const file = newFile();
    const database = await openDatabase(file, migrations);
    assert.deepEqual(await database.read.selectFrom('services').selectAll().execute(), []);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await database.close();
  });

  it('is migrated twice without harm', async () => {
    const file = newFile();
    for (let i = 0; i < 2; i++) await (await openDatabase(file, migrations)).close();
  });

  it('is migrated by many processes at once', async () => {
    const file = newFile();
    const script = `
      import { openDatabase } from ${JSON.stringify(import.meta.resolve('./open-database.ts'))};
      import { migrations } from ${JSON.stringify(import.meta.resolve('../../migrations.ts'))};
      const database = await openDatabase(${JSON.stringify(file)}, migrations);
      await database.close();`;
    const processes = Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '--eval', script]),
    );
    await Promise.all(processes);
    const database = await openDatabase(file, migrations);
    assert.equal((await database.read.selectFrom('services').selectAll().execute()).length, 0);
    await database.close();
  });

  it('leaves nothing of a migration that fails', async () => {
    const file = newFile();
    const half: Migration = {
      name: '0001-half',
      async up(database) {
        await sql`create table first_half (id integer)`.execute(database);
        await sql`create table second half`.execute(database);
      },
    };
    await assert.rejects(openDatabase(file, [half]));
    await (await openDatabase(file, migrations)).close();
  });

  it('refuses what a newer version wrote', async () => {
    const file = newFile();
    const newer: Migration = { name: '9999-from-tomorrow', up: async () => undefined };
    await (await openDatabase(file, [...migrations, newer])).close();
    await assert.rejects(
      openDatabase(file, migrations),
      (error) => error instanceof ServerError && error.code === 'server.database-newer',
    );
  });

  it('refuses two migrations of one number', async () => {
    const twin = (name: string): Migration => ({ name, up: async () => undefined });
    await assert.rejects(openDatabase(newFile(), [twin('0001-a'), twin('0001-b')]), /number of its own/);
  });

  it('says that a damaged file is damaged, and changes nothing in it', async () => {
    const file = newFile();
    await (await openDatabase(file, migrations)).close();
    const bytes = await readFile(file);
    bytes.fill(0xa5, 4_096, 12_288);
    await writeFile(file, bytes);
    await assert.rejects(openDatabase(file, migrations), (error) => {
      assert(error instanceof DatabaseDamagedError);
      assert.ok(error.message.includes(file));
      assert.ok(error.advice);
      return true;
    });
    assert.deepEqual(await readFile(file), bytes);
  });

  it('says that a file of another kind is no database', async () => {
    const file = newFile();
    await writeFile(file, 'this is a letter, not a database\n'.repeat(200));
    await assert.rejects(openDatabase(file, migrations), DatabaseDamagedError);
  });

  it('says what to do when the folder is missing', async () => {
    await assert.rejects(
      openDatabase(join(folder, 'missing', 'x.db'), migrations),
      (error) => error instanceof ServerError && error.code === 'server.database-unusable',
    );
  });

  it('holds to foreign keys, and to facts that are never edited', async () => {
    const database = await openDatabase(newFile(), migrations);
    await assert.rejects(
      database.change((transaction) =>
        transaction
          .insertInto('health_days')
          .values({ source_id: 'no', day: 'd', up_seconds: 1, down_seconds: 0 })
          .execute(),
      ),
      /FOREIGN KEY/,
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
    await database.close();
  });
});
