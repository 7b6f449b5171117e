import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions, rfc3339 } from './node-json.ts';
import { barText } from './progress-bar.ts';
import { progressLine } from './progress-line.ts';
import { bytes, clock, duration, localTime, percent } from './quantities.ts';
import { printable } from './snapshot-table.ts';
import { table, width } from './table.ts';

test('amounts and times are spelt as restic spells them', () => {
  assert.equal(bytes(0), '0 B');
  assert.equal(bytes(1023), '1023 B');
  assert.equal(bytes(3_000_006), '2.861 MiB');
  assert.equal(bytes(5 * 1024 ** 4), '5.000 TiB');
  assert.equal(clock(7.9), '0:07');
  assert.equal(clock(3723), '1:02:03');
  assert.equal(percent(1, 0), '0.00%');
  assert.equal(localTime('2026-11-23T07:16:07.758093868Z').length, '2026-11-23 07:16:07'.length);
  assert.equal(localTime('no time'), 'no time');
});

test('durations for people have at most two units', () => {
  const cases: [number, string][] = [
    [0.64, '0.6 s'],
    [59.6, '1 m'],
    [161, '2 m 41 s'],
    [3600, '1 h'],
    [5400, '1 h 30 m'],
    [90_000, '1 d 1 h'],
  ];
  for (const [seconds, expected] of cases) assert.equal(duration(seconds), expected);
});

test('times of entries keep their nanoseconds, also before 1970', () => {
  assert.equal(rfc3339(1_795_417_401_653_197_542n), '2026-11-23T07:03:21.653197542Z');
  assert.equal(rfc3339(0n), '1970-01-01T00:00:00Z');
  assert.equal(rfc3339(-1n), '1969-12-31T23:59:59.999999999Z');
  assert.equal(rfc3339(500_000_000n), '1970-01-01T00:00:00.5Z');
});

test('permissions are spelt as Go spells them', () => {
  assert.equal(permissions(0o644), '-rw-r--r--');
  assert.equal(permissions(0x80000000 + 0o755), 'drwxr-xr-x');
  assert.equal(permissions(0x08000000 + 0o777), 'Lrwxrwxrwx');
  assert.equal(permissions(0x00800000 + 0o755), 'urwxr-xr-x');
  assert.equal(permissions(0x04000000 + 0x00200000 + 0o660), 'Dcrw-rw----');
});

test('a table aligns wide characters and several lines in a cell', () => {
  const rows = [
    { name: 'a', tags: ['x', 'y'] },
    { name: '日本', tags: [] },
  ];
  const lines = table<(typeof rows)[number]>(
    [
      { title: 'Name', cell: ({ name }) => name },
      { title: 'Tags', cell: ({ tags }) => tags },
      { title: 'Empty', cell: () => '', optional: true },
    ],
    rows,
  );
  assert.deepEqual(lines, ['Name  Tags', '----------', 'a     x', '      y', '日本', '----------']);
  assert.equal(width('日本'), 4);
  assert.equal(width('e\u0301'), 1);
});

test('nothing from a repository can steer the terminal', () => {
  assert.equal(printable('a\u001b[2Jb\u009bc\nd'), 'a?[2Jb?c?d');
  const state = { step: 'reading', done: 1, total: 2, unit: 'files', detail: '/x\u001b[2J' };
  assert.ok(!barText(state, 1, 120).includes('\u001b'));
});

test('a bar never is wider than the terminal, whatever the path', () => {
  for (const columns of [20, 40, 80, 200]) {
    for (const detail of ['', '/short', `/${'very-long/'.repeat(40)}end`, '日本'.repeat(100)]) {
      const text = barText({ step: 'backing up', done: 5, total: 10, unit: 'bytes', detail }, 70, columns);
      assert.ok(width(text) < columns, `${width(text)} of ${columns}: ${text}`);
    }
  }
  assert.match(
    barText({ step: 's', done: 1, total: 2, unit: 'bytes', detail: `/${'a/'.repeat(99)}end` }, 1, 100),
    /end$/,
  );
});

test('a line of progress estimates only when there is something to go by', () => {
  assert.equal(progressLine({ step: 'reading', done: 5, unit: 'trees' }, 9), 'reading: 5 trees, 0:09');
  assert.equal(
    progressLine({ step: 'reading', done: 1024, total: 4096, unit: 'bytes' }, 10),
    'reading: 25.0%, 1.000 KiB of 4.000 KiB, 0:10, about 0:30 left',
  );
  assert.equal(
    progressLine({ step: 'reading', done: 4, total: 4, unit: 'packs' }, 10),
    'reading: 100.0%, 4 of 4 packs, 0:10',
  );
  assert.equal(
    progressLine({ step: 'reading', done: 0, total: 0, unit: 'bytes', files: 500, filesTotal: 2000 }, 10),
    'reading: 25.0%, 0 B, 500 of 2,000 files, 0:10, about 0:30 left',
  );
  assert.equal(
    progressLine({ step: 'reading', done: 1024, unit: 'bytes', files: 17 }, 10),
    'reading: 1.000 KiB, 17 files, 0:10',
  );
});
