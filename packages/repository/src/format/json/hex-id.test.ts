import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { isHexId, readHexId } from './hex-id.ts';

describe('an id among other bytes', () => {
  it('is read where it stands', () => {
    const id = randomBytes(32);
    const text = Buffer.from(`["${id.toString('hex')}"]`);
    const read = Buffer.alloc(32);
    assert.ok(isHexId(text, 2) && readHexId(text, 2, read));
    assert.deepEqual(read, id);
  });

  it('is none with another letter at any place, or cut off', () => {
    const text = Buffer.from(randomBytes(32).toString('hex'));
    for (let at = 0; at < 64; at++) {
      for (const letter of 'gA"/:`') {
        const other = Buffer.from(text);
        other.write(letter, at);
        assert.ok(!isHexId(other, 0) && !readHexId(other, 0, Buffer.alloc(32)), `${letter} at ${at}`);
      }
      assert.ok(!isHexId(text.subarray(0, at), 0) && !readHexId(text.subarray(0, at), 0, Buffer.alloc(32)));
    }
  });
});
