import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DigestSet } from './digest-set.ts';

it('knows each thing that was added, once', () => {
  const set = new DigestSet(4);
  const things = Array.from({ length: 20_000 }, (_, number) => Buffer.from(`thing ${number}`));
  for (const [at, thing] of things.entries()) {
    assert.equal(set.add(thing), true);
    assert.ok(set.bytes <= Math.max(46 * (at + 1), 256), `${set.bytes} bytes for ${at + 1} things`);
  }
  for (const thing of things) assert.equal(set.add(thing), false);
  assert.equal(set.add(Buffer.alloc(0)), true);
  assert.equal(set.size, things.length + 1);
});
