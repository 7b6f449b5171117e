import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observedWords } from './observed-time.ts';

test('the time that was observed is told in whole units, never more than it was', () => {
  assert.equal(observedWords(1), '1 second');
  assert.equal(observedWords(59.9), '59 seconds');
  assert.equal(observedWords(60), '1 minute');
  assert.equal(observedWords(12 * 60 + 59), '12 minutes');
  assert.equal(observedWords(7_199), '119 minutes');
  assert.equal(observedWords(7_200), '2 hours');
  assert.equal(observedWords(47.9 * 3_600), '47 hours');
  assert.equal(observedWords(48 * 3_600), '2 days');
  assert.equal(observedWords(34.9 * 86_400), '34 days');
});
