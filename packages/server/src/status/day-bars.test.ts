import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayBars, lastDays, observedIn, uptimeOf } from './day-bars.ts';

const days = lastDays(new Date('2026-11-23T00:00:01Z'));

test('ninety days end today', () => {
  assert.equal(days.length, 90);
  assert.equal(days[0], '2026-08-26');
  assert.equal(days.at(-1), '2026-11-23');
});

test('a day without data is no good day', () => {
  const bars = dayBars(days, [[{ day: '2026-11-22', upSeconds: 86_400, downSeconds: 0 }]]);
  assert.equal(bars.at(-1)?.state, 'none');
  assert.equal(bars.at(-2)?.state, 'ok');
  assert.equal(uptimeOf(bars), 1);
  assert.equal(uptimeOf(dayBars(days, [])), undefined);
  assert.equal(observedIn(bars), 86_400);
  assert.equal(observedIn(dayBars(days, [])), 0);
});

test('the worst source of a service makes its day', () => {
  const day = '2026-11-22';
  const bars = dayBars(days, [
    [{ day, upSeconds: 86_400, downSeconds: 0 }],
    [{ day, upSeconds: 86_300, downSeconds: 100 }],
  ]);
  assert.deepEqual(bars.at(-2), { day, state: 'degraded', upSeconds: 86_300, downSeconds: 100 });
  assert.equal(dayBars(days, [[{ day, upSeconds: 1_000, downSeconds: 1_000 }]]).at(-2)?.state, 'outage');
});
