import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../testing/manual-clock.ts';
import { Held, heldMs } from './held.ts';

describe('what is held for a moment', () => {
  const stage = () => {
    const clock = new ManualClock('2026-11-26T12:00:00.000Z');
    const database = { changes: 0 };
    let count = 0;
    const held = new Held({ clock, database, make: async () => ++count });
    return { clock, database, held };
  };

  it('is made once for all who ask in that moment, and anew when it is over', async () => {
    const { clock, held } = stage();
    assert.deepEqual(await Promise.all([held.get(), held.get()]), [1, 1]);
    clock.advance(heldMs - 1);
    assert.equal(await held.get(), 1);
    clock.advance(1);
    assert.equal(await held.get(), 2);
  });

  it('is made anew after a change, also for who asks while the old one is being made', async () => {
    const { database, held } = stage();
    const before = held.get();
    database.changes++;
    assert.deepEqual(await Promise.all([before, held.get(), held.get()]), [1, 2, 2]);
  });

  it('is made anew after it was dropped, also when the old one was on its way', async () => {
    const { held } = stage();
    const before = held.get();
    held.drop();
    assert.deepEqual(await Promise.all([before, held.get()]), [1, 2]);
  });

  it('lasts as long as its maker says, whatever changes meanwhile, when it is not made of what changes', async () => {
    const { clock, database } = stage();
    let made = 0;
    const held = new Held({ clock, forMs: 60_000, make: async () => ++made });
    assert.equal(await held.get(), 1);
    database.changes++;
    clock.advance(59_999);
    assert.equal(await held.get(), 1);
    clock.advance(1);
    assert.equal(await held.get(), 2);
  });

  it('is no failure for those who come after it', async () => {
    let works = false;
    const { clock, database } = stage();
    const held = new Held({
      clock,
      database,
      make: async () => {
        if (!works) throw new Error('away');
        return 'there';
      },
    });
    await assert.rejects(held.get(), /away/);
    works = true;
    assert.equal(await held.get(), 'there');
  });
});
