import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PromiseState } from '../../trust/index.ts';
import { spellsOf } from '../promise-spells.ts';
import type { PromiseChangeReport } from '../report.ts';
import { historyWords } from './promise-history.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const change = (at: string, from: PromiseState, to: PromiseState): PromiseChangeReport => ({
  ...{ at, from, to, text: '', sentence: [] },
});
/** Oldest first, as things happen. */
const words = (...changes: PromiseChangeReport[]): string => historyWords(spellsOf(changes.reverse()), now);

describe('the history of a promise in one line', () => {
  it('tells how long it was broken, and when', () => {
    const broke = change('2026-11-03T10:00:00.000Z', 'kept', 'broken');
    assert.equal(
      words(broke, change('2026-11-03T10:12:00.000Z', 'broken', 'kept')),
      'broken for 12 m on 3 Nov 2026',
    );
    assert.equal(words(broke), 'broken since 3 Nov 2026, 10:00 UTC');
    const today = change('2026-11-23T10:00:00.000Z', 'at-risk', 'broken');
    assert.equal(
      words(today, change('2026-11-23T11:30:00.000Z', 'broken', 'kept')),
      'broken for 1 h 30 m today',
    );
  });

  it('adds up what was broken several times, and the worst comes before the risks', () => {
    const twice = [
      change('2026-11-03T10:00:00.000Z', 'kept', 'broken'),
      change('2026-11-03T10:12:00.000Z', 'broken', 'at-risk'),
      change('2026-11-04T10:00:00.000Z', 'at-risk', 'broken'),
      change('2026-11-04T10:30:00.000Z', 'broken', 'kept'),
    ];
    assert.equal(words(...twice), 'broken 2 times, 42 m in all');
    const before = change('2026-11-01T10:00:00.000Z', 'broken', 'kept');
    assert.equal(words(before, ...twice), 'broken 3 times, at least 42 m in all');
    assert.equal(words(before), 'broken until 1 Nov 2026, 10:00 UTC');
  });

  it('tells of risks where nothing was broken, and since when it is kept where nothing was bad', () => {
    const risk = change('2026-11-03T10:00:00.000Z', 'kept', 'at-risk');
    assert.equal(
      words(risk, change('2026-11-03T12:00:00.000Z', 'at-risk', 'kept')),
      'at risk for 2 h on 3 Nov 2026',
    );
    assert.equal(
      words(change('2026-11-03T10:00:00.000Z', 'unknown', 'kept')),
      'kept since 3 Nov 2026, 10:00 UTC',
    );
  });
});
