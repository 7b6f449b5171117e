import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScheduleError } from '@octobox/server';
import { UsageError } from '../errors.ts';
import { scheduleFrom } from './protect-request.ts';

test('an interval is taken with and without "every", a timetable as it is', () => {
  assert.deepEqual(scheduleFrom('1h'), { schedule: 'every 1h', interval: 3_600 });
  assert.deepEqual(scheduleFrom('every 1h30m'), { schedule: 'every 1h30m', interval: 5_400 });
  assert.deepEqual(scheduleFrom('10s'), { schedule: 'every 10s', interval: 10 });
  const nightly = '0 3 * * * Europe/Berlin';
  assert.deepEqual(scheduleFrom(nightly), { schedule: nightly, interval: undefined });
});

test('an interval that cannot be kept is refused with what is wrong about it, and with examples', () => {
  for (const [text, why] of [
    ['0s', /must be longer than zero/],
    ['every 0h0m', /must be longer than zero/],
    ['1s', /the shortest is 10s/],
    ['99999999w', /the longest is ten years/],
    ['99999999999999999w', /the longest is ten years/],
    ['90', /whole numbers of s, m, h, d or w/],
    ['1.5h', /whole numbers of s, m, h, d or w/],
    ['sometimes', /whole numbers of s, m, h, d or w/],
  ] as const) {
    const refused = (error: unknown): boolean =>
      error instanceof UsageError && why.test(error.message) && /30m, 6h.*"0 3/.test(error.advice ?? '');
    assert.throws(() => scheduleFrom(text), refused, text);
  }
  assert.throws(() => scheduleFrom('0 3 * *'), ScheduleError);
});
