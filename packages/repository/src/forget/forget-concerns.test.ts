import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { SUSPICIOUS_TAG } from '../suspicion/suspicious-tag.ts';
import { type ForgetOptions, planForget, planForgetSnapshots } from './forget.ts';
import { forgetConcerns, heldAsVerified } from './forget-concerns.ts';

const now = new Date('2026-11-01T12:00:00Z');
const day = 24 * 3600 * 1000;

const snapshot = (number: number, facts: Partial<Snapshot> = {}): Snapshot => ({
  id: number.toString(16).padStart(64, '0'),
  time: new Date(now.getTime() - number * day).toISOString(),
  tree: (1000 + number).toString(16).padStart(64, '0'),
  paths: ['/data'],
  hostname: 'web',
  username: '',
  uid: 0,
  gid: 0,
  tags: [],
  excludes: [],
  ...facts,
});
const days = (count: number): Snapshot[] => Array.from({ length: count }, (_, number) => snapshot(number));

const codes = (
  all: readonly Snapshot[],
  rules: ForgetOptions,
  verified: readonly Snapshot[] = [],
): string[] =>
  forgetConcerns(planForget(all, { ...rules, now }), all, {
    rules,
    now,
    verifiedTrees: new Set(verified.map(({ tree }) => tree)),
  }).map(({ code }) => code);

describe('forgetting is suspicious', () => {
  it('when more than half of a long history would go at once', () => {
    assert.deepEqual(codes(days(30), { keepLast: 10 }), ['large-share']);
    assert.deepEqual(codes(days(30), { keepLast: 15 }), []);
    assert.deepEqual(codes(days(30), { keepLast: 29 }), []);
  });

  it('but not in a short one', () => {
    assert.deepEqual(codes(days(19), { keepLast: 1 }), []);
  });

  it('when the snapshots are named, too', () => {
    const all = days(30);
    const named = (count: number) => forgetConcerns(planForgetSnapshots(all.slice(0, count)), all, { now });
    assert.deepEqual(named(3), []);
    assert.deepEqual(
      named(20).map(({ code }) => code),
      ['large-share'],
    );
    assert.deepEqual(
      named(30).map(({ code }) => code),
      ['large-share', 'whole-host'],
    );
  });

  it('when a host would lose its whole history', () => {
    const all = [...days(4), snapshot(50, { hostname: 'mail' }), snapshot(51, { hostname: 'mail' })];
    assert.deepEqual(codes(all, { keepTags: [['no-such-tag']], allowRemoveAll: true }), [
      'whole-host',
      'whole-host',
    ]);
    assert.deepEqual(codes(all, { keepLast: 1 }), []);
  });

  it('when snapshots from the future take the slots of good ones', () => {
    const future = [1, 2, 3].map((number) =>
      snapshot(100 + number, { time: new Date(now.getTime() + number * day).toISOString() }),
    );
    const all = [...future, ...days(6)];
    const plan = planForget(all, { keepDaily: 3, now });
    const [concern] = forgetConcerns(plan, all, { rules: { keepDaily: 3 }, now });
    assert.equal(concern?.code, 'future-snapshots');
    assert.deepEqual(
      [...(concern?.snapshots ?? [])].sort(),
      days(3)
        .map(({ id }) => id)
        .sort(),
    );
    // "Within" rules count back from the present: nothing is pushed out.
    assert.deepEqual(codes(all, { keepWithinDaily: '3d' }), []);
    // A clock that is a few minutes ahead is no attack.
    const ahead = snapshot(7, { time: new Date(now.getTime() + 600_000).toISOString() });
    assert.deepEqual(codes([ahead, ...days(6)], { keepLast: 1 }), []);
  });

  it('when named ones are from before a suspicious one, as long as the suspicion stands', () => {
    const all = [snapshot(0, { tags: [SUSPICIOUS_TAG] }), ...days(6).slice(1)];
    const named = planForgetSnapshots(all.slice(3, 5));
    const told = (stands?: () => boolean) =>
      forgetConcerns(named, all, { now, stands }).map(({ code }) => code);
    assert.deepEqual(told(), ['before-suspicious']);
    assert.deepEqual(
      told(() => false),
      [],
    );
  });

  it('when nothing would be left that was ever proved', () => {
    const all = days(10);
    assert.deepEqual(codes(all, { keepLast: 3 }, all.slice(5, 7)), ['last-verified']);
    assert.deepEqual(codes(all, { keepLast: 3 }, all.slice(2, 7)), []);
  });
});

it('the newest proved snapshot of each host and paths stays, whatever the rules say', () => {
  const all = [...days(10), snapshot(60, { hostname: 'mail' })];
  const trees = new Set([3, 5, 60].map((number) => snapshot(number).tree));
  const held = heldAsVerified(all, trees);
  assert.deepEqual([...held.keys()].sort(), [snapshot(3).id, snapshot(60).id].sort());
  const plan = planForget(all, { keepLast: 1, held, now });
  assert.ok(!plan.remove.some(({ id }) => held.has(id)));
  const reasons = plan.groups
    .flatMap(({ keep }) => keep)
    .find(({ snapshot: kept }) => kept.id === snapshot(3).id);
  assert.deepEqual(reasons?.reasons, ['last verified']);
});
