import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidDurationError } from './calendar-duration.ts';
import { InvalidKeepCountError } from './forget-errors.ts';
import { applyPolicy, isEmptyPolicy, type KeepPolicy } from './keep-policy.ts';

interface Dated {
  readonly time: string;
  readonly tags?: readonly string[];
}

const at = (...times: string[]): Dated[] => times.map((time) => ({ time }));
const kept = (snapshots: readonly Dated[], policy: KeepPolicy, now?: Date): string[] =>
  applyPolicy(snapshots, policy, now).keep.map(({ snapshot }) => snapshot.time);
const reasons = (snapshots: readonly Dated[], policy: KeepPolicy): (readonly string[])[] =>
  applyPolicy(snapshots, policy).keep.map((entry) => entry.reasons);

describe('counted rules', () => {
  const days = at(
    '2024-03-01T08:00:00Z',
    '2024-03-01T09:00:00Z',
    '2024-03-01T09:30:00Z',
    '2024-03-02T08:00:00Z',
    '2024-03-03T08:00:00Z',
  );

  it('keep the newest of each period', () => {
    assert.deepEqual(kept(days, { keepDaily: 3 }), [
      '2024-03-03T08:00:00Z',
      '2024-03-02T08:00:00Z',
      '2024-03-01T09:30:00Z',
    ]);
    assert.deepEqual(kept(days, { keepHourly: 3 }), [
      '2024-03-03T08:00:00Z',
      '2024-03-02T08:00:00Z',
      '2024-03-01T09:30:00Z',
    ]);
    assert.deepEqual(kept(days, { keepLast: 1 }), ['2024-03-03T08:00:00Z']);
  });

  it('keep the oldest snapshot too while counts are left', () => {
    assert.deepEqual(reasons(days, { keepDaily: 4 }), [
      ['daily snapshot'],
      ['daily snapshot'],
      ['daily snapshot'],
      ['oldest daily snapshot'],
    ]);
    assert.equal(kept(days, { keepYearly: 2 }).at(-1), '2024-03-01T08:00:00Z');
    assert.deepEqual(kept(days, { keepYearly: 1 }), ['2024-03-03T08:00:00Z']);
  });

  it('keep all with unlimited', () => {
    assert.equal(kept(days, { keepLast: 'unlimited' }).length, days.length);
    assert.equal(kept(days, { keepDaily: 'unlimited' }).length, 4);
  });

  it('refuse a negative number, as restic does', () => {
    for (const count of [-1, -2]) {
      assert.throws(() => kept(days, { keepLast: count }), { code: 'repository.invalid-keep-count' });
    }
  });

  it('add up, each with its own count', () => {
    assert.deepEqual(reasons(days, { keepLast: 2, keepDaily: 2 }), [
      ['last snapshot', 'daily snapshot'],
      ['last snapshot', 'daily snapshot'],
    ]);
  });

  it('take weeks from Monday to Sunday, numbered as ISO 8601 does over the turn of the year', () => {
    // 2020-12-28 (Monday) to 2021-01-03 (Sunday) is week 53 of 2020.
    const turn = at(
      '2020-12-27T12:00:00Z',
      '2020-12-28T12:00:00Z',
      '2021-01-03T12:00:00Z',
      '2021-01-04T12:00:00Z',
    );
    assert.deepEqual(kept(turn, { keepWeekly: 3 }), [
      '2021-01-04T12:00:00Z',
      '2021-01-03T12:00:00Z',
      '2020-12-27T12:00:00Z',
    ]);
  });

  it('count days on the clock of the place where the backup ran', () => {
    const lateInTokyo = at('2024-01-01T23:30:00+09:00', '2024-01-02T00:30:00+09:00');
    assert.equal(kept(lateInTokyo, { keepDaily: 2 }).length, 2);
    assert.deepEqual(reasons(lateInTokyo, { keepDaily: 2 })[1], ['daily snapshot']);
    const sameInstants = at('2024-01-01T14:30:00Z', '2024-01-01T15:30:00Z');
    assert.deepEqual(reasons(sameInstants, { keepDaily: 2 })[1], ['oldest daily snapshot']);
  });

  it('order snapshots by instant down to the nanosecond', () => {
    const close = at('2024-01-01T00:00:00.000000001Z', '2024-01-01T01:00:00.000000002+01:00');
    assert.deepEqual(kept(close, { keepLast: 1 }), ['2024-01-01T01:00:00.000000002+01:00']);
  });

  it('refuse other negative and fractional counts', () => {
    assert.throws(() => kept(days, { keepLast: -2 }), InvalidKeepCountError);
    assert.throws(() => kept(days, { keepDaily: 1.5 }), InvalidKeepCountError);
  });
});

describe('rules within a duration', () => {
  it('count back from the newest snapshot, not from today', () => {
    const old = at('2001-01-01T00:00:00Z', '2001-01-08T00:00:00Z', '2001-01-08T12:00:00Z');
    assert.deepEqual(kept(old, { keepWithin: '1d' }), ['2001-01-08T12:00:00Z', '2001-01-08T00:00:00Z']);
    assert.deepEqual(reasons(old, { keepWithin: '1d' }), [['within 1d'], ['within 1d']]);
  });

  it('ignore snapshots of the future when they look for the newest, so that a wrong clock removes nothing', () => {
    const now = new Date('2024-06-15T00:00:00Z');
    const list = at('2024-06-10T00:00:00Z', '2024-06-14T00:00:00Z', '2099-01-01T00:00:00Z');
    assert.deepEqual(
      kept(list, { keepWithin: '7d' }, now),
      [...list].reverse().map(({ time }) => time),
    );
    assert.equal(
      kept(at('2099-01-01T00:00:00Z', '2098-01-01T00:00:00Z'), { keepWithin: '1d' }, now).length,
      2,
    );
  });

  it('keep a snapshot that is younger than the duration, not one that is exactly as old', () => {
    assert.deepEqual(kept(at('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'), { keepWithin: '1d' }), [
      '2024-01-02T00:00:00Z',
    ]);
  });

  it('let days that a month does not have run over', () => {
    // One month before 31 March is "31 February", which is 2 March in the leap year 2024.
    const march = at('2024-03-31T00:00:00Z', '2024-03-02T00:00:01Z', '2024-03-02T00:00:00Z');
    assert.deepEqual(kept(march, { keepWithin: '1m' }), ['2024-03-31T00:00:00Z', '2024-03-02T00:00:01Z']);
  });

  it('reach further back than the calendar', () => {
    const list = at('2024-01-01T00:00:00Z', '0001-01-01T00:00:00Z');
    assert.equal(kept(list, { keepWithin: '9999y' }).length, 2);
    assert.equal(kept(list, { keepWithin: '999999999y' }).length, 2);
  });

  it('keep one of each period', () => {
    const list = at(
      '2024-01-01T08:00:00Z',
      '2024-01-02T08:00:00Z',
      '2024-01-02T09:00:00Z',
      '2024-01-03T08:00:00Z',
    );
    assert.deepEqual(reasons(list, { keepWithinDaily: '7d' }), [
      ['daily within 7d'],
      ['daily within 7d'],
      ['daily within 7d'],
    ]);
    assert.deepEqual(reasons(list, { keepWithinYearly: '7d' }), [
      ['yearly within 7d'],
      ['oldest yearly within 7d'],
    ]);
  });

  it('refuse negative durations', () => {
    assert.throws(() => kept([], { keepWithin: '-1d' }), InvalidDurationError);
  });
});

describe('tags', () => {
  const list: Dated[] = [
    { time: '2024-01-03T00:00:00Z', tags: ['a', 'b'] },
    { time: '2024-01-02T00:00:00Z', tags: ['a'] },
    { time: '2024-01-01T00:00:00Z' },
  ];

  it('keep what has all tags of one of the lists', () => {
    assert.deepEqual(reasons(list, { keepTags: [['a', 'b']] }), [['has tags [a, b]']]);
    assert.equal(kept(list, { keepTags: [['b'], ['a']] }).length, 2);
    assert.deepEqual(kept(list, { keepTags: [['c']] }), []);
  });

  it('an empty tag keeps what has none', () => {
    assert.deepEqual(kept(list, { keepTags: [['']] }), ['2024-01-01T00:00:00Z']);
  });
});

describe('a policy', () => {
  it('is empty without any rule', () => {
    assert.equal(isEmptyPolicy({}), true);
    assert.equal(isEmptyPolicy({ keepLast: 0, keepWithin: '0d', keepTags: [] }), true);
    for (const policy of [
      { keepLast: 1 },
      { keepYearly: 'unlimited' as const },
      { keepWithinDaily: '1d' },
      { keepTags: [['x']] },
    ]) {
      assert.equal(isEmptyPolicy(policy), false);
    }
  });

  it('splits every list into what it keeps and what it removes', () => {
    const list = at('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z', '2024-01-03T00:00:00Z');
    const { keep, remove } = applyPolicy(list, { keepLast: 2 });
    assert.equal(keep.length, 2);
    assert.deepEqual(remove, at('2024-01-01T00:00:00Z'));
    assert.deepEqual(applyPolicy([], { keepLast: 2 }), { keep: [], remove: [] });
  });
});
