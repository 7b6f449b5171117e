import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTimetable, ScheduleError } from './timetable.ts';

const at = (text: string): Date => new Date(text);
const anchor = at('2026-11-23T12:00:00Z');

/** The next due times after `from`. */
function dueAfter(expression: string, from: string, count: number): string[] {
  const timetable = parseTimetable(expression, anchor);
  const times: string[] = [];
  for (let time = at(from); times.length < count; ) {
    time = timetable.next(time);
    times.push(time.toISOString().slice(0, 16));
  }
  return times;
}

describe('timetables', () => {
  it('count intervals from their beginning, without drift', () => {
    assert.deepEqual(dueAfter('every 1h', '2026-11-23T12:00:00Z', 2), [
      '2026-11-23T13:00',
      '2026-11-23T14:00',
    ]);
    assert.deepEqual(dueAfter('every 1h', '2026-11-23T15:59:59.999Z', 1), ['2026-11-23T16:00']);
  });

  it('skip no interval when the clocks change', () => {
    assert.deepEqual(dueAfter('every 1h', '2026-10-25T00:00:00Z', 3), [
      '2026-10-25T01:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
  });

  it('run a time that summer time skips once, right after the gap', () => {
    assert.deepEqual(dueAfter('30 2 * * * Europe/Berlin', '2026-03-28T12:00:00Z', 2), [
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  it('run a time that winter time repeats once', () => {
    assert.deepEqual(dueAfter('30 2 * * * Europe/Berlin', '2026-10-24T12:00:00Z', 2), [
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it('keep hourly rules hourly through both changes', () => {
    assert.deepEqual(dueAfter('0 * * * * Europe/Berlin', '2026-10-24T23:30:00Z', 3), [
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
    ]);
    assert.deepEqual(dueAfter('0 * * * * Europe/Berlin', '2026-03-29T00:30:00Z', 2), [
      '2026-03-29T01:00',
      '2026-03-29T02:00',
    ]);
  });

  it('count what lies between two times', () => {
    const hourly = parseTimetable('every 1h', anchor);
    assert.deepEqual(hourly.within(at('2026-11-23T12:00:00Z'), at('2026-11-23T15:30:00Z')), {
      count: 3,
      first: at('2026-11-23T13:00:00Z'),
      last: at('2026-11-23T15:00:00Z'),
    });
    assert.equal(hourly.within(at('2026-11-23T12:00:00Z'), at('2026-11-23T12:59:00Z')), undefined);
    const nightly = parseTimetable('0 3 * * * Europe/Berlin', anchor);
    assert.equal(nightly.within(at('2026-11-20T12:00:00Z'), at('2026-11-23T12:00:00Z'))?.count, 3);
  });

  it('know how far apart due times are', () => {
    assert.equal(parseTimetable('every 6h', anchor).intervalSeconds, 21_600);
    assert.equal(parseTimetable('0 3 * * *', anchor).intervalSeconds, 86_400);
  });

  it('refuse what is no schedule, with advice', () => {
    for (const wrong of [
      '',
      'hourly',
      'every',
      'every 0h',
      '61 * * * *',
      '* * * *',
      '0 3 * * * Mars/Olympus',
      '0 0 30 2 *',
    ]) {
      assert.throws(
        () => parseTimetable(wrong, anchor),
        (error) => error instanceof ScheduleError && error.advice !== undefined,
        wrong,
      );
    }
  });

  it('always name a due time that lies ahead, by at most one interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (seconds, offset) => {
          const timetable = parseTimetable(`every ${seconds}s`, anchor);
          const now = new Date(anchor.getTime() + offset);
          const ahead = timetable.next(now).getTime() - now.getTime();
          assert.ok(ahead > 0 && ahead <= seconds * 1_000);
        },
      ),
    );
  });
});
