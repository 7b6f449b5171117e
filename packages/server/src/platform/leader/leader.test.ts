import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { migrations } from '../../migrations.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { onEachDatabase, type TemporaryDatabase } from '../../testing/temporary-database.ts';
import { openDatabase } from '../database/index.ts';
import { silentLog } from '../log.ts';
import { Recurring } from '../recurring.ts';
import { Leader } from './leader.ts';

const start = '2026-11-26T12:00:00.000Z';

function makeNode({ database }: Pick<TemporaryDatabase, 'database'>, clock: ManualClock) {
  const leader = new Leader({ database, clock, log: silentLog });
  const work = new Recurring({
    everyMs: 1_000,
    clock,
    log: silentLog,
    failure: 'it failed',
    turn: async () => {},
  });
  return { leader, work, start: () => leader.start([work]) };
}

/** Time goes on for all, and what follows from it is done. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 1_000) {
    clock.advance(1_000);
    await delay(15);
  }
}

onEachDatabase((databases) => {
  describe('of several nodes', () => {
    it('one leads, and does the work alone', async () => {
      await using temporary = await databases.open();
      const clock = new ManualClock(start);
      const [one, other] = [makeNode(temporary, clock), makeNode(temporary, clock)];
      await one.start();
      await other.start();
      await pass(clock, 30_000);
      assert.deepEqual([one.work.started, other.work.started], [true, false]);
      await one.leader.stop();
      await other.leader.stop();
    });

    it('another one leads as soon as the first one has stopped', async () => {
      await using temporary = await databases.open();
      const clock = new ManualClock(start);
      const [one, other] = [makeNode(temporary, clock), makeNode(temporary, clock)];
      await one.start();
      await other.start();
      await one.leader.stop();
      assert.equal(one.work.started, false);
      await pass(clock, 6_000);
      assert.equal(other.work.started, true);
      await other.leader.stop();
    });

    it('the one that loses its database leads no more when another may', async () => {
      await using temporary = await databases.open();
      const clock = new ManualClock(start);
      const own = await openDatabase(temporary.settings, migrations);
      const [one, other] = [makeNode({ database: own }, clock), makeNode(temporary, clock)];
      await one.start();
      await other.start();
      await own.close();
      for (let second = 0; second < 30; second++) {
        await pass(clock, 1_000);
        assert.ok(!(one.work.started && other.work.started), `both led after ${second + 1} s`);
      }
      assert.deepEqual([one.work.started, other.work.started], [false, true]);
      await one.leader.stop();
      await other.leader.stop();
    });
  });
});
