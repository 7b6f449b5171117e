import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { splitArguments } from './argument-list.ts';
import { decodeText } from './file-lines.ts';
import { dataSubset, durationSeconds, pointInTime, size, snapshotCount } from './values.ts';

test('a program and its arguments are split without a shell', () => {
  const cases: [string, string[]][] = [
    ['pass show backup', ['pass', 'show', 'backup']],
    ['  cat   "/my file"  ', ['cat', '/my file']],
    [`sh -c 'echo "a b"'`, ['sh', '-c', 'echo "a b"']],
    ['printf a\\ b', ['printf', 'a b']],
    ['printf "a\\"b"', ['printf', 'a"b']],
    [`printf '\\n'`, ['printf', '\\n']],
    [`printf ''`, ['printf', '']],
    ['echo $HOME; rm -rf /', ['echo', '$HOME;', 'rm', '-rf', '/']],
  ];
  for (const [text, expected] of cases) assert.deepEqual(splitArguments(text), expected, text);
  for (const wrong of ['', '   ', `printf 'a`, 'printf "a', 'printf \\']) {
    assert.throws(() => splitArguments(wrong), { code: 'cli.usage' }, wrong);
  }
});

test('whatever stands in single quotes arrives as it is', () => {
  const word = fc.string().map((text) => text.replaceAll("'", ''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      assert.deepEqual(splitArguments(words.map((text) => `'${text}'`).join(' ')), words);
    }),
  );
});

test('sizes have binary units', () => {
  const cases: [string, number][] = [
    ['0', 0],
    ['500', 500],
    ['1k', 1024],
    ['1.5M', 1_572_864],
    ['2G', 2_147_483_648],
    ['1T', 1024 ** 4],
    ['3MiB', 3 * 1024 ** 2],
  ];
  for (const [text, expected] of cases) assert.equal(size(text), expected, text);
  for (const wrong of ['', '-1', 'x', '5X', '1 2', '5%'])
    assert.throws(() => size(wrong), InvalidArgumentError, wrong);
});

test('a part of the data has three forms, and what is none of them hears of all', () => {
  assert.equal(dataSubset('2/5'), '2/5');
  assert.equal(dataSubset('2.5%'), '2.5%');
  assert.equal(dataSubset('2G'), 2_147_483_648);
  for (const wrong of ['foo', '5X', ''])
    assert.throws(() => dataSubset(wrong), /n\/t.*1\/5.*share.*5%.*size.*2G/, wrong);
});

test('durations are sums of units', () => {
  const cases: [string, number][] = [
    ['90s', 90],
    ['15m', 900],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['500ms', 0.5],
  ];
  for (const [text, expected] of cases) assert.equal(durationSeconds(text), expected, text);
  for (const wrong of ['', '5', 'h', '1h 30m', '-1h', '1y']) {
    assert.throws(() => durationSeconds(wrong), InvalidArgumentError, wrong);
  }
});

test('a number of snapshots may be unlimited', () => {
  assert.equal(snapshotCount('12'), 12);
  assert.equal(snapshotCount('unlimited'), 'unlimited');
  assert.throws(() => snapshotCount('1.5'), InvalidArgumentError);
  // A mistyped count must not keep everything.
  assert.throws(() => snapshotCount('-1'), /unlimited/);
});

test('points in time are local unless they say otherwise', () => {
  assert.equal(pointInTime('2026-11-01 22:08:41').getTime(), new Date(2026, 10, 1, 22, 8, 41).getTime());
  assert.equal(pointInTime('2026-11-01').getTime(), new Date(2026, 10, 1).getTime());
  assert.equal(pointInTime('2026-11-01T22:08:41Z').toISOString(), '2026-11-01T22:08:41.000Z');
  for (const wrong of ['', 'yesterday', '2026', '2026-13-01', '22:08']) {
    assert.throws(() => pointInTime(wrong), InvalidArgumentError, wrong);
  }
});

test('text files may be UTF-8 or UTF-16, with a mark at the beginning', () => {
  assert.equal(decodeText(Buffer.from('pass wörd')), 'pass wörd');
  assert.equal(decodeText(Buffer.from('\ufeffpass')), 'pass');
  assert.equal(decodeText(Buffer.from('\ufeffpass', 'utf16le')), 'pass');
  assert.equal(decodeText(Buffer.from('\ufeffpass', 'utf16le').swap16()), 'pass');
});
