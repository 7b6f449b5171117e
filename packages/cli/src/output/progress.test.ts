import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Output, type Writable } from './output.ts';
import { startProgress } from './progress.ts';

/** What goes to a pipe, line by line. */
function pipe(): { out: Output; lines: { out: string[]; err: string[] } } {
  const lines = { out: [] as string[], err: [] as string[] };
  const writable = (to: string[]): Writable => ({
    write: (chunk, callback) => {
      to.push(String(chunk).trim());
      callback();
      return true;
    },
    on: () => undefined,
  });
  const out = new Output({
    stdout: writable(lines.out),
    stderr: writable(lines.err),
    onClosed: () => undefined,
  });
  return { out, lines };
}

describe('progress in a pipe', () => {
  it('is a line every five seconds, and the rarer the longer it takes', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { out, lines } = pipe();
    let seconds = 0;
    const progress = startProgress({ out, mode: 'human', rate: undefined, now: () => seconds * 1000 });
    const runTo = (end: number): number => {
      for (; seconds < end; seconds++) {
        progress.update({ step: 'backing up', done: seconds, total: 40_000, unit: 'files' });
        t.mock.timers.tick(1000);
      }
      return lines.err.length;
    };
    assert.equal(runTo(51), 10);
    const afterAnHour = runTo(3600);
    assert.ok(afterAnHour > 40 && afterAnHour < 60, `${afterAnHour} lines in an hour`);
    const afterTenHours = runTo(36_000);
    assert.ok(afterTenHours < 180, `${afterTenHours} lines in ten hours`);
    const last = runTo(36_301);
    assert.ok(last > afterTenHours, 'never more than five minutes without a line');
    await progress[Symbol.asyncDispose]();
  });

  it('is shown when it is asked for, and nothing is while there is none', async () => {
    const { out, lines } = pipe();
    out.showProgress?.();
    {
      await using progress = startProgress({ out, mode: 'human', rate: undefined });
      out.showProgress?.();
      assert.deepEqual(lines.err, []);
      progress.update({ step: 'checking', done: 1, total: 4, unit: 'packs' });
      out.showProgress?.();
      out.showProgress?.();
      assert.equal(lines.err.length, 2);
      assert.match(lines.err[0] ?? '', /^checking: 25\.0%, 1 of 4 packs/);
    }
    out.showProgress?.();
    assert.equal(lines.err.length, 2);
    {
      const json = (state: object) => state;
      await using progress = startProgress({ out, mode: 'json', rate: undefined, json });
      progress.update({ step: 'checking', done: 1, unit: 'packs' });
      out.showProgress?.();
    }
    assert.deepEqual(lines.out, ['{"step":"checking","done":1,"unit":"packs"}']);
  });
});
