import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, InvalidDurationError, parseDuration } from './calendar-duration.ts';

test('durations are read in any order and written largest unit first', () => {
  for (const [text, written] of [
    ['9h', '9h'],
    ['1y5m7d2h', '1y5m7d2h'],
    ['2h7d5m1y', '1y5m7d2h'],
    ['-7m5d', '-7m5d'],
    ['1y-3h', '1y-3h'],
    [' 14d ', '14d'],
    ['1d2d', '2d'],
    ['', ''],
    ['0h', ''],
  ] as const) {
    assert.equal(formatDuration(parseDuration(text)), written, text);
  }
});

test('m is months, never minutes', () => {
  assert.deepEqual(parseDuration('3m'), { years: 0, months: 3, days: 0, hours: 0 });
});

test('everything else is refused with the text that was given', () => {
  for (const text of ['2w', '1y4m3w1d', 's', '5', '1d5', 'd', '1 d', '1.5d', '--1d', '٣d', '1y,2d']) {
    assert.throws(
      () => parseDuration(text),
      (error: unknown) => error instanceof InvalidDurationError && error.message.includes(text),
      text,
    );
  }
});
