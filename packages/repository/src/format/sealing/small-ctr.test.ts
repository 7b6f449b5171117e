import assert from 'node:assert/strict';
import { createCipheriv, randomFillSync } from 'node:crypto';
import { it } from 'node:test';
import { applyStream, SmallStreams, transformSmall } from './small-ctr.ts';

const key = randomFillSync(new Uint8Array(32));

it('is what the cipher makes, for every small length', () => {
  for (let length = 0; length <= 4096; length += length < 100 ? 1 : 37) {
    const [nonce, plain] = [randomFillSync(new Uint8Array(16)), randomFillSync(new Uint8Array(length + 3))];
    // Somewhere in larger memory, as ranges of packs are.
    const from = plain.subarray(3);
    const to = Buffer.alloc(length + 5, 0xaa);
    assert.ok(transformSmall(key, nonce, from, to, 2));
    const expected = createCipheriv('aes-256-ctr', key, nonce).update(from);
    assert.ok(
      to.equals(Buffer.concat([Buffer.alloc(2, 0xaa), expected, Buffer.alloc(3, 0xaa)])),
      `${length}`,
    );
  }
});

it('is left to the cipher where it is large or the counter would carry', () => {
  const nonce = new Uint8Array(16).fill(0xff);
  const to = Buffer.alloc(5000);
  assert.ok(!transformSmall(key, nonce, new Uint8Array(33), to, 0));
  assert.ok(!transformSmall(key, new Uint8Array(16), new Uint8Array(4097), to, 0));
  assert.ok(to.equals(Buffer.alloc(5000)));
  nonce[15] = 0xfd;
  const expected = createCipheriv('aes-256-ctr', key, nonce).update(new Uint8Array(32));
  assert.ok(transformSmall(key, nonce, new Uint8Array(32), to, 0));
  assert.ok(to.subarray(0, 32).equals(expected));
});

it('gives the key streams of many nonces at once', () => {
  const lengths = [0, 1, 16, 17, 300, 4096, 4097, 64];
  const nonces = lengths.map(() => randomFillSync(new Uint8Array(16)));
  nonces[7]?.fill(0xff, 12);
  const streams = new SmallStreams(8192);
  for (let round = 0; round < 2; round++) {
    for (const [at, nonce] of nonces.entries()) streams.add(nonce, lengths[at] ?? 0);
    streams.make(key);
    for (const [at, nonce] of nonces.entries()) {
      const isMade = at < 6;
      const stream = streams.of(at);
      const wanted = Math.ceil((lengths[at] ?? 0) / 16) * 16;
      assert.equal(stream.length, isMade ? wanted : 0, `${at}`);
      const plain = randomFillSync(new Uint8Array(stream.length));
      const to = new Uint8Array(stream.length);
      applyStream(stream, plain, to, 0);
      assert.deepEqual(Buffer.from(to), createCipheriv('aes-256-ctr', key, nonce).update(plain));
    }
    assert.ok(!streams.hasRoom(4096));
    streams.clear();
    assert.ok(streams.hasRoom(4096));
  }
});
