import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events } from './events.ts';

type TestFact = { readonly type: 'a'; readonly n: number } | { readonly type: 'b' };

test('listeners hear their facts until they stop, and a failing one disturbs nobody', () => {
  const failures: unknown[] = [];
  const events = new Events<TestFact>((error) => failures.push(error));
  const heard: number[] = [];
  const all: string[] = [];
  events.on('b', () => {
    throw new Error('careless');
  });
  const stop = events.on('a', ({ n }) => heard.push(n));
  events.on('*', ({ type }) => all.push(type));
  events.emit({ type: 'a', n: 1 });
  events.emit({ type: 'b' });
  stop();
  events.emit({ type: 'a', n: 2 });
  assert.deepEqual(heard, [1]);
  assert.deepEqual(all, ['a', 'b', 'a']);
  assert.equal(failures.length, 1);
});

test('a stream gives every fact in order and ends with its signal', async () => {
  const events = new Events<TestFact>(() => undefined);
  const abort = new AbortController();
  const seen: TestFact[] = [];
  const reading = (async () => {
    for await (const fact of events.stream(abort.signal)) {
      seen.push(fact);
      if (seen.length === 3) abort.abort();
    }
  })();
  await Promise.resolve();
  for (const n of [1, 2]) events.emit({ type: 'a', n });
  events.emit({ type: 'b' });
  await reading;
  assert.deepEqual(seen, [{ type: 'a', n: 1 }, { type: 'a', n: 2 }, { type: 'b' }]);
});
