import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationWords, everyWords, formatBytes, formatDuration, parseDuration } from './duration.ts';

const workspaces = join(import.meta.dirname, '../../..');

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

test('sizes are in powers of 1024, as on the command line, with three digits', async () => {
  // The console may import nothing of the server: what people read beside each other is the same all the same.
  const { filesWords, sizeWords } = await import(join(workspaces, 'console/src/parts/words/size-words.ts'));
  for (const [bytes, text] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [41_000_000, '39.1 MiB'],
    [1_230_000_000, '1.15 GiB'],
    [1_048_575, '1.00 MiB'],
    [1024 ** 2 * 9.999, '10.0 MiB'],
    [1024 ** 6 * 3, '3072 PiB'],
  ] as const) {
    assert.equal(formatBytes(bytes), text);
    assert.equal(sizeWords(bytes), text);
  }
  assert.deepEqual([0, 1, 1_000_000].map(filesWords), ['0 files', '1 file', '1,000,000 files']);
});
