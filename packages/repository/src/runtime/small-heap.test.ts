/** In a process of its own: the settings, and what is collected, are those of a whole process. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { holdHeapSmall } from './small-heap.ts';

/** What is kept while it is needed, of objects that are garbage afterwards. */
const OBJECTS = 1_000_000;
/** Far beyond the moment in which it is given back. */
const PATIENCE = 60_000;

const { heapUsed } = process.memoryUsage();
const used = (): number => process.memoryUsage().heapUsed - heapUsed;

if (process.argv[2] === 'measure') {
  const most = work();
  let left = used();
  for (const end = Date.now() + PATIENCE; left > most / 4 && Date.now() < end; left = used())
    await setTimeout(100);
  process.send?.({ most, left });
  process.disconnect?.();
} else {
  it('what was used is given back soon after the last holder, though nothing else runs', async () => {
    const child = fork(import.meta.filename, ['measure'], { execArgv: [] });
    const [{ most, left }] = (await once(child, 'message')) as [{ most: number; left: number }];
    await once(child, 'exit');
    assert.ok(most > 30e6, `only ${most} bytes were used`);
    assert.ok(left < most / 4, `${left} of ${most} bytes are left`);
  });
}

function work(): number {
  using _ = holdHeapSmall();
  const list = Array.from({ length: OBJECTS }, (_, number) => ({ number, double: number * 2.5 }));
  return list.length === OBJECTS ? used() : 0;
}
