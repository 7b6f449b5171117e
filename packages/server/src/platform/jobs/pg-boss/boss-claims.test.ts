import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { migrations } from '../../../migrations.ts';
import { ManualClock } from '../../../testing/manual-clock.ts';
import { postgresqlMaker } from '../../../testing/temporary-database.ts';
import { systemClock } from '../../clock.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { ServerError } from '../../errors.ts';
import { silentLog } from '../../log.ts';
import { Secret } from '../../secret.ts';
import type { JobQueue } from '../job-queue.ts';
import { makeJobQueue } from '../make-job-queue.ts';
import { bossSchema } from './boss-statements.ts';

const databases = postgresqlMaker();

function queueOn(database: Database): JobQueue {
  const queue = makeJobQueue({ database, clock: systemClock, log: silentLog, leaseMs: 30_000 });
  queue.define({ kind: 'simple', concurrency: 1, maxAttempts: 1, run: async (payload) => payload });
  return queue;
}

const statement = (database: Database, text: string): Promise<unknown> =>
  database.apart((connection) => connection.executeQuery(CompiledQuery.raw(text)));

describe('a queue on pg-boss', () => {
  it('runs what waits by the records alone, as they do of a database that was not on pg-boss before', async () => {
    await using temporary = await databases.open();
    const { database } = temporary;
    const before = queueOn(database);
    const { job } = await before.enqueue({ kind: 'simple', payload: 'from before' });
    await before.stop(0);
    await statement(database, `drop schema ${bossSchema} cascade`);
    const queue = queueOn(database);
    assert.equal((await queue.finish(job.id)).result, 'from before');
    await queue.stop(0);
  });

  it('gives a job that ran when the tables of pg-boss were lost to another worker', async () => {
    await using temporary = await databases.open();
    const { database } = temporary;
    const queue = queueOn(database);
    const { job } = await queue.enqueue({ kind: 'simple', payload: 'twice' });
    await statement(database, `update octobox.jobs set state = 'running', attempts = 1 where id = ${job.id}`);
    await statement(database, `delete from ${bossSchema}.job`);
    const ended = await queue.finish(job.id);
    assert.deepEqual([ended.state, ended.attempts], ['succeeded', 2]);
    await queue.stop(0);
  });

  it('gives out what its records know, though pg-boss has jobs whose records are gone', {
    timeout: 60_000,
  }, async () => {
    await using temporary = await databases.open();
    const { database } = temporary;
    const before = queueOn(database);
    await before.enqueue({ kind: 'simple', payload: 'gone' });
    await before.stop(0);
    // As a dump of the schema of the records, restored where the other schema was kept.
    await statement(database, 'delete from octobox.jobs');
    const queue = queueOn(database);
    const { job } = await queue.enqueue({ kind: 'simple', payload: 'known' });
    queue.start();
    while ((await queue.get(job.id))?.finishedAt === undefined) await systemClock.sleep(20);
    assert.equal((await queue.get(job.id))?.result, 'known');
    await queue.stop(0);
    const { rows } = await database.apart((connection) =>
      connection.executeQuery(CompiledQuery.raw(`select id from ${bossSchema}.job`)),
    );
    assert.deepEqual(rows, []);
  });

  it('lets go in time of a job that was added when the lease was shorter', async () => {
    await using temporary = await databases.open();
    const { database } = temporary;
    const clock = new ManualClock('2026-11-23T12:00:00Z');
    const ofLease = (leaseMs: number) => {
      const queue = makeJobQueue({ database, clock, log: silentLog, leaseMs });
      const { promise: aborted, resolve } = Promise.withResolvers<number>();
      let begun = false;
      queue.define({
        kind: 'simple',
        concurrency: 1,
        maxAttempts: 1,
        run: async (_payload, { signal }) => {
          begun = true;
          await once(signal, 'abort');
          resolve(clock.now().getTime());
          signal.throwIfAborted();
        },
      });
      return { queue, aborted, begun: () => begun };
    };
    const [short, long] = [ofLease(30_000), ofLease(300_000)];
    const { job } = await short.queue.enqueue({ kind: 'simple', payload: null });
    void long.queue.finish(job.id).catch(() => undefined);
    while (!long.begun()) await systemClock.sleep(10);
    const claimed = clock.now().getTime();
    // Nothing can be changed any more.
    const { promise: later, resolve: goOn } = Promise.withResolvers<void>();
    const stalled = database.change(() => later);
    for (let i = 0; i < 60; i++) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    goOn();
    await stalled;
    assert.ok((await long.aborted) < claimed + 30_000);
  });

  it('leaves nothing with pg-boss of what has ended', async () => {
    await using temporary = await databases.open();
    const { database } = temporary;
    const queue = queueOn(database);
    const [done, cancelled] = await Promise.all(
      ['done', 'cancelled'].map((payload) => queue.enqueue({ kind: 'simple', payload })),
    );
    await queue.finish(done?.job.id ?? 0);
    await queue.cancel(cancelled?.job.id ?? 0);
    const { rows } = await database.apart((connection) =>
      connection.executeQuery(CompiledQuery.raw(`select id from ${bossSchema}.job`)),
    );
    assert.deepEqual(rows, []);
    await queue.stop(0);
  });

  it('says which schema a user lacks that may not make it, and uses one that was made for it', async () => {
    const settings = await databases.nothing();
    assert(settings.kind === 'postgresql');
    const owner = await openDatabase(settings, []);
    await statement(owner, `create role clerk login password 'clerk'`);
    await statement(
      owner,
      'alter schema octobox owner to clerk; alter table octobox.migrations owner to clerk',
    );
    await statement(owner, 'alter function octobox.refuse_change() owner to clerk');
    const location = { ...settings.location, user: 'clerk' };
    const database = await openDatabase({ ...settings, location, password: new Secret('clerk') }, migrations);
    try {
      await assert.rejects(queueOn(database).open(), (error) => {
        assert(error instanceof ServerError);
        assert.equal(error.code, 'server.database-denied');
        assert.match(error.advice ?? '', new RegExp(`CREATE SCHEMA ${bossSchema} AUTHORIZATION user`));
        return true;
      });
      await statement(owner, `create schema ${bossSchema} authorization clerk`);
      const queue = queueOn(database);
      const { job } = await queue.enqueue({ kind: 'simple', payload: 'hers' });
      assert.equal((await queue.finish(job.id)).result, 'hers');
      await queue.stop(0);
    } finally {
      await Promise.all([database.close(), owner.close()]);
    }
  });
});
