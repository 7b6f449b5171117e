import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../testing/manual-clock.ts';
import { type DatabaseMaker, onEachDatabase } from '../../testing/temporary-database.ts';
import { makeJobQueue } from '../jobs/index.ts';
import { silentLog } from '../log.ts';
import { type ScheduleFact, Scheduler } from './scheduler.ts';

const noon = '2026-11-23T12:00:00.000Z';
const hour = 3_600_000;

async function stage(databases: DatabaseMaker, expression: string, start = noon) {
  const temporary = await databases.open();
  const { database } = temporary;
  const clock = new ManualClock(start);
  const facts: ScheduleFact[] = [];
  const done: string[] = [];
  const queue = makeJobQueue({ database, clock, log: silentLog, leaseMs: 30_000 });
  queue.define<{ dueAt: string }>({
    kind: 'backup',
    concurrency: 1,
    maxAttempts: 1,
    run: async ({ dueAt }) => void done.push(dueAt),
  });
  /** A scheduler as a process that starts anew would have it. */
  const start2 = (): Scheduler => {
    const events = { emit: (fact: ScheduleFact) => void facts.push(fact) };
    const scheduler = new Scheduler({ database, clock, log: silentLog, queue, events, graceMs: 60_000 });
    scheduler.handle('backup', ({ subject, dueAt }) => ({
      kind: 'backup',
      payload: { dueAt },
      uniqueKey: `backup:${subject}`,
    }));
    return scheduler;
  };
  const scheduler = start2();
  await database.change((transaction) => scheduler.set('backup', 'shop', expression, transaction));
  return {
    clock,
    database,
    scheduler,
    restarted: start2,
    queue,
    facts,
    done,
    /** Runs everything that is queued. */
    async work() {
      for (const job of await queue.list({ states: ['queued'] })) await queue.finish(job.id);
    },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

onEachDatabase((databases) => {
  describe('schedules', () => {
    it('make one job when something is due, and name the next time', async () => {
      await using s = await stage(databases, 'every 1h');
      await s.scheduler.tick();
      assert.equal((await s.queue.list()).length, 0);
      s.clock.advance(hour);
      await s.scheduler.tick();
      await s.scheduler.tick();
      await s.work();
      assert.deepEqual(s.done, ['2026-11-23T13:00:00.000Z']);
      assert.equal((await s.scheduler.list())[0]?.nextDueAt, '2026-11-23T14:00:00.000Z');
      assert.deepEqual(s.facts, []);
    });

    it('catch up once after a time without a scheduler, and record what was missed', async () => {
      await using s = await stage(databases, 'every 1h');
      await s.scheduler.tick();
      s.clock.advance(5 * hour + 600_000);
      await s.restarted().tick();
      await s.work();
      assert.deepEqual(s.done, ['2026-11-23T17:00:00.000Z']);
      const [late, missed] = await s.scheduler.lapses();
      assert.equal(missed?.kind, 'missed');
      assert.equal(missed?.count, 4);
      assert.equal(missed?.firstDueAt, '2026-11-23T13:00:00.000Z');
      assert.equal(missed?.lastDueAt, '2026-11-23T16:00:00.000Z');
      assert.match(missed?.reason ?? '', /not running since 2026-11-23T12:00/);
      assert.equal(late?.kind, 'late');
      assert.match(late?.reason ?? '', /10 m late/);
      assert.equal(s.facts.length, 2);
    });

    it('record a due time that meets a run which has not ended', async () => {
      await using s = await stage(databases, 'every 1h');
      s.clock.advance(hour);
      await s.scheduler.tick();
      s.clock.advance(hour);
      await s.scheduler.tick();
      const lapses = await s.scheduler.lapses();
      assert.ok(
        lapses.some(
          ({ kind, firstDueAt }) => kind === 'overlap' && firstDueAt === '2026-11-23T14:00:00.000Z',
        ),
      );
      assert.equal((await s.queue.list()).length, 1);
    });

    it('record a job that waits in the queue beyond the grace, once', async () => {
      await using s = await stage(databases, 'every 1h');
      s.clock.advance(hour);
      await s.scheduler.tick();
      s.clock.advance(61_000);
      await s.scheduler.tick();
      await s.scheduler.tick();
      const lapses = await s.scheduler.lapses();
      assert.deepEqual(
        lapses.map(({ kind }) => kind),
        ['late'],
      );
      assert.match(lapses[0]?.reason ?? '', /still waits/);
    });

    it('are laid anew when the clock goes back, instead of leaving a gap', async () => {
      await using s = await stage(databases, 'every 1h', '2027-11-23T12:00:00.000Z');
      await s.scheduler.tick();
      s.clock.jumpTo('2026-11-23T12:10:00.000Z');
      await s.scheduler.tick();
      const [schedule] = await s.scheduler.list();
      const wait = Date.parse(schedule?.nextDueAt ?? '') - s.clock.now().getTime();
      assert.ok(wait > 0 && wait <= hour);
      assert.equal((await s.scheduler.lapses())[0]?.kind, 'clock');
      s.clock.advance(hour);
      await s.scheduler.tick();
      await s.work();
      assert.equal(s.done.length, 1);
    });

    it('run once when the clock leaps ahead by a year', async () => {
      await using s = await stage(databases, '0 3 * * * Europe/Berlin');
      s.clock.jumpTo('2027-11-23T12:00:00.000Z');
      await s.scheduler.tick();
      await s.work();
      assert.equal(s.done.length, 1);
      const missed = (await s.scheduler.lapses()).find(({ kind }) => kind === 'missed');
      assert.equal(missed?.count, 364);
    });

    it('keep their due time when they are set again unchanged', async () => {
      await using s = await stage(databases, 'every 1h');
      s.clock.advance(hour / 2);
      await s.database.change((transaction) => s.scheduler.set('backup', 'shop', 'every 1h', transaction));
      assert.equal((await s.scheduler.list())[0]?.nextDueAt, '2026-11-23T13:00:00.000Z');
      await s.database.change((transaction) => s.scheduler.set('backup', 'shop', 'every 2h', transaction));
      assert.equal((await s.scheduler.list())[0]?.nextDueAt, '2026-11-23T14:30:00.000Z');
    });

    it('are taken once by two schedulers on one database', async () => {
      await using s = await stage(databases, 'every 1h');
      s.clock.advance(hour);
      await Promise.all([s.scheduler.tick(), s.restarted().tick()]);
      assert.equal((await s.queue.list()).length, 1);
      assert.deepEqual(await s.scheduler.lapses(), []);
    });
  });
});
