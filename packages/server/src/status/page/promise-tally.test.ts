import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OverallState, StatusReport } from '../report.ts';
import { promiseTally } from './promise-tally.ts';

const none = { kept: 0, 'at-risk': 0, broken: 0, unknown: 0 };
const tally = (
  promises: Partial<StatusReport['promises']>,
  state: OverallState = 'operational',
  alive = true,
): string => promiseTally({ promises: { ...none, ...promises }, state, watching: { alive } });

describe('the line about all promises', () => {
  it('says that all are kept', () => {
    assert.equal(tally({ kept: 17 }), 'All 17 promises are kept.');
    assert.equal(tally({ kept: 1 }), 'The one promise is kept.');
    assert.equal(tally({}), 'No promises are made yet.');
  });

  it('does not contradict a headline of trouble: a promise may still be broken by it', () => {
    for (const state of ['outage', 'degraded'] as const) {
      assert.equal(tally({ kept: 17 }, state), 'All 17 promises are kept so far.');
    }
    assert.equal(tally({ kept: 1 }, 'outage'), 'The one promise is kept so far.');
  });

  it('does not contradict a headline that says that nobody watches', () => {
    assert.equal(tally({ kept: 17 }, 'unknown', false), 'By the last records all 17 promises are kept.');
  });

  it('counts what is not kept', () => {
    assert.equal(
      tally({ kept: 3, 'at-risk': 1, broken: 2, unknown: 1 }, 'outage'),
      '3 of 7 promises kept, 1 at risk, 2 broken, 1 not known yet.',
    );
  });
});
