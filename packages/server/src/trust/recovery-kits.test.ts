import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainSentence } from './evidence.ts';
import { judgeRecoveryKits, type KitOfPlace, kitsOfPlaces } from './recovery-kits.ts';

const at = '2026-11-25T12:00:00.000Z';
const good: KitOfPlace = { place: undefined, state: 'kept', madeAt: at, verifiedAt: at };
const copy = (kit: Partial<KitOfPlace>): KitOfPlace => ({ ...good, place: 'Paris, France', ...kit });
const told = (...kits: KitOfPlace[]): string => plainSentence(judgeRecoveryKits(kits).evidence.sentence);

describe('the promise of proved recovery kits', () => {
  it('is kept by kits that were proved and fit, and its evidence is as old as the oldest proof', () => {
    const later = copy({ verifiedAt: '2026-11-26T12:00:00.000Z' });
    const { state, evidence } = judgeRecoveryKits([later, good]);
    assert.equal(state, 'kept');
    assert.equal(evidence.observedAt, at);
    assert.deepEqual(evidence.facts, { kits: 2, good: 2 });
    assert.equal(
      told(good, later),
      'the kit of the backups was proved 2026-11-25 12:00 UTC; the kit of the copy in Paris, France was proved 2026-11-26 12:00 UTC',
    );
  });

  it('is as good as the worst of them', () => {
    const stale = copy({ state: 'broken', trouble: 'stale' });
    const unreadable = copy({ state: 'unknown', trouble: 'unreadable' });
    const unproved: KitOfPlace = {
      place: undefined,
      state: 'at-risk',
      trouble: 'never-verified',
      madeAt: at,
    };
    assert.equal(judgeRecoveryKits([good, stale, unreadable]).state, 'broken');
    assert.equal(judgeRecoveryKits([good, unreadable, unproved]).state, 'unknown');
    assert.equal(judgeRecoveryKits([unproved, copy({})]).state, 'at-risk');
    assert.equal(judgeRecoveryKits([unproved, copy({})]).evidence.observedAt, undefined);
  });

  it('says what is wrong with each', () => {
    assert.match(told({ place: undefined, state: 'at-risk', trouble: 'never-made' }), /was never made$/);
    assert.match(
      told({ ...good, state: 'at-risk', trouble: 'never-verified' }),
      /made .*, and never proved$/,
    );
    assert.match(told({ ...good, state: 'broken', trouble: 'stale' }), /made .*, before a change of keys$/);
    assert.match(
      told({ ...good, state: 'at-risk', trouble: 'verified-long-ago' }),
      /proved .*more than a year/,
    );
    assert.match(told({ ...good, state: 'unknown', trouble: 'unreadable' }), /cannot be found out$/);
  });

  it('is unknown when there is nothing to look at, never kept', () => {
    assert.equal(judgeRecoveryKits([]).state, 'unknown');
  });

  it('names the places of copies, of which the address is nobody else’s business', () => {
    const kits = kitsOfPlaces(
      [{ state: 'kept' }, { repository: 'paris', state: 'kept' }, { repository: 'oslo', state: 'kept' }],
      [{ name: 'paris', place: 'Paris, France' }, { name: 'oslo' }],
    );
    assert.deepEqual(
      kits.map(({ place }) => place),
      [undefined, 'Paris, France', 'the repository oslo'],
    );
  });
});
