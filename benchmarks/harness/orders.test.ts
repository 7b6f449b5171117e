import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bothWays } from './orders.ts';

describe('orders of programs', () => {
  it('are there and back, also when there is to be one run', () => {
    assert.deepEqual(bothWays(['a', 'b', 'c'], 1), [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
    ]);
  });

  it('are even in number, so that nobody is first more often', () => {
    assert.equal(bothWays(['a', 'b'], 3).length, 4);
  });
});
