import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BandwidthSchedule } from './bandwidth-schedule.ts';
import { TokenBucket } from './token-bucket.ts';

const K = 1024;
const M = 1024 * K;

describe('a bandwidth schedule', () => {
  it('gives the rate of the time of day in its zone', () => {
    const schedule = BandwidthSchedule.parse('08:00-18:00=1M,else=10M,zone=Europe/Paris');
    const cases: [string, number][] = [
      ['2026-11-25T06:59:59Z', 10 * M],
      ['2026-11-25T07:00:00Z', M],
      ['2026-11-25T16:59:59Z', M],
      ['2026-11-25T17:00:00Z', 10 * M],
      // Summer time.
      ['2026-07-25T06:00:00Z', M],
      ['2026-07-25T16:00:00Z', 10 * M],
    ];
    for (const [time, expected] of cases) assert.equal(schedule.at(new Date(time)), expected, time);
  });

  it('may go over midnight, and hold on some days only', () => {
    const schedule = BandwidthSchedule.parse(
      'fri-sun 22:00-06:00=unlimited, 22:00-06:00=2M, else=500K,zone=UTC',
    );
    const cases: [string, number | undefined][] = [
      ['2026-11-25T23:00:00Z', 2 * M],
      ['2026-11-26T05:59:00Z', 2 * M],
      ['2026-11-26T06:00:00Z', 500 * K],
      ['2026-11-27T22:00:00Z', undefined],
      // Monday morning still belongs to Sunday's night, and Friday morning to Thursday's.
      ['2026-11-30T05:00:00Z', undefined],
      ['2026-11-27T05:00:00Z', 2 * M],
    ];
    for (const [time, expected] of cases) assert.equal(schedule.at(new Date(time)), expected, time);
  });

  it('without else leaves the rest of the day without a limit', () => {
    const schedule = BandwidthSchedule.parse('08:00-24:00=64K,zone=UTC');
    assert.equal(schedule.at(new Date('2026-11-25T23:59:00Z')), 64 * K);
    assert.equal(schedule.at(new Date('2026-11-25T00:00:00Z')), undefined);
    assert.equal(BandwidthSchedule.parse('3M').at(new Date()), 3 * M);
  });

  it('that makes no sense is refused', () => {
    for (const text of [
      '',
      '8-18=1M',
      '08:00-18:00',
      '08:00-25:00=1M',
      '08:61-09:00=1M',
      'else=fast',
      'els=1M',
      'xyz 08:00-09:00=1M',
      '08:00-09:00=1M,zone=Mars/Base',
      '08:00-08:00=1M',
    ]) {
      assert.throws(() => BandwidthSchedule.parse(text), { code: 'storage.options' }, text);
    }
  });

  it('takes effect on what is under way', async () => {
    let rate: number | undefined = 1000;
    const bucket = new TokenBucket(() => rate);
    setTimeout(() => {
      rate = undefined;
    }, 100);
    const began = performance.now();
    for (let sent = 0; sent < 100_000; ) {
      const slice = Math.min(bucket.slice, 200);
      await bucket.take(slice);
      sent += slice;
    }
    const took = performance.now() - began;
    assert.ok(took > 90 && took < 50_000, `${took} ms instead of the 100 s of the first rate`);
  });
});
