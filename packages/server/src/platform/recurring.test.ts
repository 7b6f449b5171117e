import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from './clock.ts';
import { silentLog } from './log.ts';
import { Recurring } from './recurring.ts';

const recurring = (turn: (stop: AbortSignal) => Promise<unknown>) =>
  new Recurring({ everyMs: 1, clock: systemClock, log: silentLog, failure: 'it failed', turn });

describe('recurring work', () => {
  it('goes on after a turn that failed', async () => {
    const third = Promise.withResolvers<void>();
    let turns = 0;
    const work = recurring(async () => {
      turns += 1;
      if (turns === 3) third.resolve();
      throw new Error('the disk is full');
    });
    work.start();
    await third.promise;
    await work.stop();
    assert.equal(turns, 3);
  });

  it('stops only when the turn under way has ended, and has told it to', async () => {
    const began = Promise.withResolvers<void>();
    let ended = false;
    const work = recurring(async (stop) => {
      began.resolve();
      await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
      ended = true;
    });
    work.start();
    await began.promise;
    assert.equal(work.started, true);
    await work.stop();
    assert.equal(ended, true);
    assert.equal(work.started, false);
  });

  it('started twice runs once', async () => {
    let atOnce = 0;
    let most = 0;
    const second = Promise.withResolvers<void>();
    let turns = 0;
    const work = recurring(async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await Promise.resolve();
      atOnce -= 1;
      turns += 1;
      if (turns === 2) second.resolve();
    });
    work.start();
    work.start();
    await second.promise;
    await work.stop();
    assert.equal(most, 1);
  });
});
