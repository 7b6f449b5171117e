import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { estimateFromDrill, sumOfEstimates } from './estimate.ts';

test('an estimate is the measured time, and more when the data has grown', () => {
  assert.deepEqual(estimateFromDrill({ recoverySeconds: 161, bytes: 40e6 }, 40e6), {
    seconds: 161,
    basis: 'the last rehearsal took 2 m 41 s',
  });
  const grown = estimateFromDrill({ recoverySeconds: 100, bytes: 40e6 }, 80e6);
  assert.equal(grown.seconds, 200);
  assert.match(grown.basis, /1 m 40 s \(38.1 MiB then, 76.3 MiB now\)/);
});

test('an estimate is never below what was measured', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e5 }),
      fc.nat(),
      fc.option(fc.nat(), { nil: undefined }),
      (seconds, bytes, now) => {
        assert.ok(estimateFromDrill({ recoverySeconds: seconds, bytes }, now).seconds >= seconds);
      },
    ),
  );
});

test('one unmeasured part makes the sum unknown', () => {
  const estimate = { seconds: 10, basis: 'measured' };
  assert.equal(
    sumOfEstimates([
      { name: 'a', estimate },
      { name: 'b', estimate: undefined },
    ]),
    undefined,
  );
  assert.equal(sumOfEstimates([]), undefined);
  assert.deepEqual(
    sumOfEstimates([
      { name: 'a', estimate },
      { name: 'b', estimate },
    ]),
    {
      seconds: 20,
      basis: 'a: measured; b: measured',
    },
  );
});
