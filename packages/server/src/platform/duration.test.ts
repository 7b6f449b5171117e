import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationWords, everyWords, formatBytes, formatDuration, parseDuration } from './duration.ts';

test('durations are read as they are written', () => {
  assert.equal(parseDuration('90s'), 90);
  assert.equal(parseDuration('1h30m'), 5_400);
  assert.equal(parseDuration('2w'), 1_209_600);
  for (const wrong of ['', '1', 'h', '-1h', '1.5h', '0s', '1 h'])
    assert.equal(parseDuration(wrong), undefined);
});

test('durations are shown by their two greatest units', () => {
  assert.equal(formatDuration(161), '2 m 41 s');
  assert.equal(formatDuration(3_600), '1 h');
  assert.equal(formatDuration(3_605), '1 h');
  assert.equal(formatDuration(90_061), '1 d 1 h');
  assert.equal(formatDuration(0.4), 'under 1 s');
  assert.equal(formatDuration(0), '0 s');
  assert.equal(everyWords(3_600), 'every hour');
  assert.equal(everyWords(21_600), 'every 6 hours');
  assert.equal(everyWords(5_400), 'every 1 hour 30 minutes');
  assert.equal(durationWords(900), '15 minutes');
});

test('no duration is shown as less than nothing or with more than two units', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (seconds) => {
      const shown = formatDuration(seconds);
      assert.match(shown, /^(under 1 s|\d+ [dhms]( \d+ [dhms])?)$/);
    }),
  );
});

test('sizes have at most three digits', () => {
  assert.equal(formatBytes(0), '0 B');
  assert.equal(formatBytes(41_000_000), '41 MB');
  assert.equal(formatBytes(1_230_000_000), '1.2 GB');
  assert.equal(formatBytes(999_999), '1.0 MB');
});
