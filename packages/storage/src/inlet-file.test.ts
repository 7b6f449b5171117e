import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { InletFile } from './inlet-file.ts';
import { InletMemory } from './inlet-memory.ts';
import { X25519Identity } from './layers/age/x25519.ts';
import { type LayerKeys, withLayers } from './layers/with-layers.ts';
import { LocalStorage } from './local.ts';
import type { Inlet, Storage } from './storage.ts';

const identity = X25519Identity.generate();
const age = { recipients: [identity.recipient], identities: [identity] };
const crypt = { password: 'crypt' };
const name = 'ab'.repeat(32);

for (const [what, keys] of Object.entries<LayerKeys>({
  'no layer': {},
  crypt: { crypt },
  age: { age },
  'both layers': { crypt, age },
})) {
  describe(`a file read by its inlet, in ${what}`, () => {
    let folder: string;
    let storage: Storage;
    const written = randomBytes(500_000);
    const inletOf = async (): Promise<Inlet> => {
      const inlet = await storage.inlet?.({ kind: 'data', name });
      assert.ok(inlet);
      return inlet;
    };

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'octobox-inlet-'));
      storage = await withLayers(new LocalStorage(folder), keys);
      await storage.create();
      const writer = await storage.writer('data');
      await writer.append(written);
      await writer.commit(name);
    });
    after(() => rm(folder, { recursive: true }));

    it('is what the storage gives, for any range', async () => {
      using file = new InletFile(structuredClone(await inletOf()), new InletMemory());
      const ranges = Array.from({ length: 100 }, () => {
        const offset = randomInt(written.length);
        return [offset, randomInt(written.length - offset + 1)] as const;
      });
      for (const [offset, length] of [[0, written.length] as const, [65_536, 65_536] as const, ...ranges]) {
        const [first, second] = [file.read(offset, length), file.read(0, 10)];
        assert.deepEqual(Buffer.from(await first), written.subarray(offset, offset + length));
        assert.deepEqual(Buffer.from(await second), written.subarray(0, 10));
      }
    });

    it('is the same when two are read by turns, and when reads go on where the last one ended', async () => {
      const memory = new InletMemory();
      using first = new InletFile(await inletOf(), memory);
      using second = new InletFile(await inletOf(), memory);
      for (let offset = 0, round = 0; offset < written.length; round++) {
        const length = Math.min(written.length - offset, randomInt(1, 200_000));
        const ofFirst = first.read(offset, length);
        // Every third time the first one goes on without the other.
        const ofSecond = round % 3 === 0 ? undefined : second.read(offset, length);
        const expected = written.subarray(offset, offset + length);
        assert.deepEqual(Buffer.from(await ofFirst), expected);
        if (ofSecond !== undefined) assert.deepEqual(Buffer.from(await ofSecond), expected);
        offset += length;
      }
    });

    it('rejects beyond its end, and is none without a file', async () => {
      const inlet = await inletOf();
      using file = new InletFile(inlet, new InletMemory());
      await assert.rejects(file.read(written.length - 1, 2), RangeError);
      assert.throws(() => new InletFile({ ...inlet, path: `${inlet.path}x` }, new InletMemory()));
    });
  });
}

it('crypt has no inlet while it is open which of its keys is the right one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-inlet-'));
  try {
    const storage = await withLayers(new LocalStorage(folder), {
      crypt: { ...crypt, earlier: [{ password: 'old' }] },
    });
    await storage.create();
    const writer = await storage.writer('data');
    await writer.append(written());
    await writer.commit(name);
    assert.equal(await storage.inlet?.({ kind: 'data', name }), undefined);
    await storage.read({ kind: 'data', name }, { offset: 0, length: 1 });
    assert.ok(await storage.inlet?.({ kind: 'data', name }));
  } finally {
    await rm(folder, { recursive: true });
  }
});

const written = (): Buffer => randomBytes(1000);
