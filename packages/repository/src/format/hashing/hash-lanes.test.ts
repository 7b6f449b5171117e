import assert from 'node:assert/strict';
import { createHash, hash, randomBytes, randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { HashLanes, StreamHash } from './hash-lanes.ts';
import { TwoLanes } from './two-lanes.ts';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const mayHaveThem =
  process.arch === 'x64' &&
  process.versions.openssl.startsWith('3.5.') &&
  process.config.variables.node_shared_openssl === false;

it('two lanes can be had from this Node', {
  skip: !mayHaveThem && 'OpenSSL has them for x64, and an OpenSSL outside of Node hides them',
}, () => {
  assert.ok(TwoLanes.make());
});

const ways = [
  ['in two lanes', () => new HashLanes()],
  ['where there are none', () => new HashLanes(undefined, null)],
] as const;

/** Around blocks and their padding, more than what may wait, and more than is ever hashed in lanes. */
const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 5000, 70_001, 300_000, 1_500_000, 17_000_000];

for (const [way, make] of ways) {
  describe(`hashes ${way}`, () => {
    const lanes = make();
    const put = (message: Buffer): Buffer => {
      const place = lanes.take(message.length);
      message.copy(place);
      return place;
    };

    it('tell of every message whether it is sound', () => {
      const told = new Map<number, boolean>();
      const all = Array.from({ length: 400 }, (_, number) => {
        const length = number < lengths.length ? lengths[number] : randomInt(20_000);
        return randomBytes(length ?? 0);
      });
      for (const [number, message] of all.entries()) {
        const digest = sha256(message);
        if (number % 7 === 3) digest[number % 32] = (digest[number % 32] ?? 0) ^ 1;
        lanes.add(put(message), digest, (isSound) => {
          assert.ok(!told.has(number));
          told.set(number, isSound);
        });
      }
      lanes.settle();
      for (const number of all.keys()) assert.equal(told.get(number), number % 7 !== 3, `${number}`);
    });

    it('are those of streams as well, whatever their pieces, and with messages beside them', () => {
      const wrong: number[] = [];
      for (const pieces of [
        [],
        [1],
        [64],
        [63, 1, 64],
        [5, 3, 200, 1, 1000],
        [100_000, 0, 31, 33, 2_000_000],
      ]) {
        const stream = new StreamHash(lanes);
        const bytes = pieces.map((length) => randomBytes(length));
        for (const each of bytes) {
          const piece = Buffer.from(each);
          const message = randomBytes(randomInt(90_000));
          lanes.add(put(message), sha256(message), (isSound) => {
            if (!isSound) wrong.push(message.length);
          });
          stream.update(piece);
          // It may change now.
          piece.fill(0);
        }
        assert.equal(stream.digest().toString('hex'), hash('sha256', Buffer.concat(bytes)));
      }
      lanes.settle();
      assert.deepEqual(wrong, []);
    });

    it('let those lie that were taken while there is room', () => {
      const small = make();
      const kept: [Buffer, Buffer][] = [];
      const taken = new Set<Buffer>();
      while (small.hasRoom(90_000)) {
        const message = randomBytes(randomInt(90_000));
        const place = small.take(message.length);
        message.copy(place);
        kept.push([place, message]);
        small.add(place, sha256(message), (isSound) => isSound && taken.add(place));
        if (kept.length === 40) break;
      }
      small.settle();
      assert.equal(taken.size, kept.length);
      for (const [place, message] of kept) assert.deepEqual(place, message);
    });

    it('of a message that lies elsewhere are right as well', () => {
      const message = randomBytes(1000);
      const told: boolean[] = [];
      lanes.take(1000);
      lanes.add(message, sha256(message), (isSound) => told.push(isSound));
      lanes.add(message, randomBytes(32), (isSound) => told.push(isSound));
      lanes.settle();
      assert.deepEqual(told, [true, false]);
    });
  });
}
