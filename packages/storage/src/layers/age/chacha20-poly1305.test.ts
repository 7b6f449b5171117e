import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { libsodium } from './libsodium-aead.ts';
import { openssl, TRIAL } from './openssl-aead.ts';

describe('ChaCha20-Poly1305 of OpenSSL', () => {
  const fast = openssl();

  it('can be had from this Node', () => {
    assert.ok(fast);
  });

  it('is tried with what libsodium seals', () => {
    const opened = Buffer.alloc(TRIAL.length - 16);
    assert.ok(libsodium.open(opened, TRIAL, Buffer.alloc(12, 2), Buffer.alloc(32, 1)));
    assert.equal(opened.toString(), 'ChaCha20-Poly1305');
  });

  it('seals what libsodium opens, opens what it seals, and nothing that was changed', {
    skip: fast === undefined && 'it cannot be had',
  }, () => {
    for (const length of [0, 1, 63, 64, 65, 1000, 65_536]) {
      const [plain, key, nonce] = [randomBytes(length), randomBytes(32), randomBytes(12)];
      // Somewhere in larger memory, as blocks are.
      const [one, other] = [Buffer.alloc(length + 19).subarray(3), Buffer.alloc(length + 16)];
      fast?.seal(one, plain, nonce, key);
      libsodium.seal(other, plain, nonce, key);
      assert.deepEqual(Buffer.from(one), other);
      const opened = Buffer.alloc(length);
      assert.ok(fast?.open(opened, other, nonce, key));
      assert.deepEqual(opened, plain);
      for (const at of [0, length, length + 15]) {
        const changed = Buffer.from(other);
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.equal(fast?.open(opened, changed, nonce, key), false);
      }
      assert.equal(fast?.open(opened, other, randomBytes(12), key), false);
      assert.ok(fast?.open(opened, other, nonce, key));
    }
  });
});
