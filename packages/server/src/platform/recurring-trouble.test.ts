import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../testing/manual-clock.ts';
import { createLog } from './log.ts';
import { RecurringTrouble } from './recurring-trouble.ts';

it('trouble that lasts is told when it begins, once a minute, when it becomes another, and when it is over', () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const log = createLog({ level: 'info', destination: { write } });
  const clock = new ManualClock('2026-11-23T12:00:00.000Z');
  const trouble = new RecurringTrouble({ clock, log, failure: 'the scheduler cannot work' });
  const told = (): string[] =>
    lines.splice(0).map((line) => {
      const { error, msg, times } = JSON.parse(line) as Record<string, { message: string }>;
      return [msg, error?.message, times].filter((part) => part !== undefined).join(', ');
    });

  trouble.over();
  for (let second = 0; second < 90; second++) {
    trouble.met(new Error('no database'));
    clock.advance(1_000);
  }
  assert.deepEqual(told(), [
    'the scheduler cannot work, no database, 1',
    'the scheduler cannot work, no database, 61',
  ]);
  trouble.met(new Error('no disk'));
  assert.deepEqual(told(), ['the scheduler cannot work, no disk, 91']);
  trouble.over();
  trouble.over();
  assert.deepEqual(told(), ['works again, 91']);
  trouble.met(new Error('no disk'));
  assert.deepEqual(told(), ['the scheduler cannot work, no disk, 1']);
});
