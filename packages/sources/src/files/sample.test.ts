import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateShare, Sample } from './sample.ts';

test('a sample is fair: every element is kept about equally often', () => {
  const kept = new Array<number>(20).fill(0);
  let state = 1;
  // A fixed generator (Lehmer), so that the test tells the same story every time.
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let run = 0; run < 4_000; run += 1) {
    const sample = new Sample<number>(5, random);
    for (let i = 0; i < 20; i += 1) sample.add(i);
    assert.equal(sample.kept.length, 5);
    for (const i of sample.kept) kept[i] = (kept[i] ?? 0) + 1;
  }
  for (const times of kept) assert.ok(Math.abs(times - 1_000) < 150, `${times}`);
});

test('an estimate is wide for few and narrow for many', () => {
  assert.deepEqual(estimateShare(0, 0), { low: 0, high: 1 });
  const few = estimateShare(5, 10);
  const many = estimateShare(500, 1_000);
  assert.ok(few.low < 0.25 && few.high > 0.75);
  assert.ok(many.low > 0.46 && many.high < 0.54);
  assert.ok(estimateShare(0, 500).high < 0.01);
});
