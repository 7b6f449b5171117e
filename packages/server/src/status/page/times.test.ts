import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockText, relativeText, unbroken } from './times.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const shifted = (seconds: number): string => new Date(now.getTime() + seconds * 1_000).toISOString();

test('times are told as people say them', () => {
  assert.equal(relativeText(shifted(-5), now), 'just now');
  assert.equal(relativeText(shifted(-60), now), '1 minute ago');
  assert.equal(relativeText(shifted(-720), now), '12 minutes ago');
  assert.equal(relativeText(shifted(-3_600), now), '1 hour ago');
  assert.equal(relativeText(shifted(-40 * 3_600), now), '2 days ago');
  assert.equal(relativeText(shifted(161), now), 'in 3 minutes');
  assert.equal(relativeText(shifted(20), now), 'in under a minute');
  assert.equal(relativeText(shifted(-50 * 86_400), now), 'on 2026-10-04');
  assert.equal(clockText(shifted(-600), now), 'today 11:50 UTC');
  assert.equal(clockText(shifted(-86_400), now), 'yesterday 12:00 UTC');
  assert.equal(clockText('2026-11-03T22:00:00.000Z', now), '3 Nov 2026, 22:00 UTC');
});

test('a number and its unit stay on one line', () => {
  assert.equal(
    unbroken('2 m 41 s against 15 m, 41 MiB'),
    '2\u00a0m 41\u00a0s against 15\u00a0m, 41\u00a0MiB',
  );
  assert.equal(unbroken('10 checks passed, 3 minutes'), '10 checks passed, 3 minutes');
});
