import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { slowCiphers } from './node-ciphers.ts';
import { opensslCiphers } from './openssl-ciphers.ts';

describe('the ciphers of OpenSSL', () => {
  const [fast, slow] = [opensslCiphers(), slowCiphers()];

  it('can be had from this Node', () => {
    assert.ok(fast);
  });

  it('make what those of Node and libsodium make', {
    skip: fast === undefined && 'they cannot be had',
  }, () => {
    const keys = [randomBytes(32), randomBytes(32)];
    for (const length of [0, 1, 15, 16, 17, 500, 4096, 65_537, 300_000]) {
      for (const key of keys) {
        const nonce = Buffer.concat([randomBytes(12), Buffer.alloc(4, 0xff)]);
        // Somewhere in larger memory, as ranges of packs are.
        const from = randomBytes(length + 3).subarray(3);
        const made = [fast, slow].map((ciphers) => {
          const to = Buffer.alloc(length + 5, 0xaa);
          ciphers?.ctr(key, nonce, from, to.subarray(2, length + 2));
          const block = Buffer.alloc(16);
          ciphers?.block(key.subarray(0, 16), nonce, block);
          const tag = Buffer.alloc(16);
          ciphers?.poly1305(tag, from, key);
          return Buffer.concat([to, block, tag]);
        });
        assert.deepEqual(made[0], made[1], `${length}`);
      }
    }
  });

  it('write nothing where there is too little room', () => {
    const to = Buffer.alloc(5);
    assert.throws(() => fast?.ctr(randomBytes(32), randomBytes(16), randomBytes(6), to), RangeError);
    assert.deepEqual(to, Buffer.alloc(5));
  });
});
