/** What an intruder or a bad disk can do to layered files, and how it is told. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import { MemoryStorage } from '../memory.ts';
import type { Storage, StoredFile } from '../storage.ts';
import { names, put, randomName } from '../testing/contract.ts';
import { AGE_HEADER } from './age/age-format.ts';
import { X25519Identity } from './age/x25519.ts';
import { BLOCK, SEALED_BLOCK } from './block-layout.ts';
import { CRYPT_HEADER } from './crypt/crypt-format.ts';
import { openLayers } from './open-layers.ts';
import { withAge, withCrypt, withLayers } from './with-layers.ts';

const identity = X25519Identity.generate();
const crypt = { password: 'a', salt: 'b' };
const age = { recipients: [identity.recipient], identities: [identity] };

/** Puts other bytes in the place of a file. */
async function replace(storage: Storage, file: StoredFile, change: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = Buffer.from(await storage.read(file));
  await storage.remove(file);
  await put(storage, file, change(bytes));
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

const swapBlocks = (header: number) => (bytes: Buffer) => {
  const block = (number: number) =>
    bytes.subarray(header + number * SEALED_BLOCK, header + (number + 1) * SEALED_BLOCK);
  return Buffer.concat([
    bytes.subarray(0, header),
    block(1),
    block(0),
    bytes.subarray(header + 2 * SEALED_BLOCK),
  ]);
};

const cases = [
  ['crypt', '.bin', CRYPT_HEADER, (base: Storage) => withCrypt(base, crypt)],
  ['age', '.age', AGE_HEADER, async (base: Storage) => withAge(base, age)],
] as const;

for (const [layer, suffix, header, wrap] of cases) {
  describe(`a file in the ${layer} layer`, () => {
    let base: MemoryStorage;
    let layered: Storage;
    const plain = randomBytes(3 * BLOCK + 100);
    const file = { kind: 'data', name: randomName() } as const;
    const stored = { kind: 'data', name: file.name + suffix } as const;
    beforeEach(async () => {
      base = new MemoryStorage();
      layered = await wrap(base);
      await put(layered, { kind: 'config', name: '' }, Buffer.from('config'));
      await put(layered, file, plain);
      // The key has proven itself.
      await layered.read({ kind: 'config', name: '' });
    });

    it('of which any byte was changed is not read', async () => {
      const bytes = await base.read(stored);
      const blockStart = header + SEALED_BLOCK;
      for (const at of [0, 10, header - 1, header, blockStart, blockStart + 100, bytes.length - 1]) {
        await replace(base, stored, flip(at));
        await assert.rejects(layered.read(file), { name: /Layer(Damaged|Missing)Error/ }, `byte ${at}`);
        await replace(base, stored, flip(at));
      }
      assert.ok(plain.equals(await layered.read(file)));
    });

    it('is read in its sound parts, and only there', async () => {
      await replace(base, stored, flip(header + SEALED_BLOCK + 50));
      const part = await layered.read(file, { offset: 2 * BLOCK, length: 1000 });
      assert.ok(plain.subarray(2 * BLOCK, 2 * BLOCK + 1000).equals(part));
      await assert.rejects(layered.read(file, { offset: BLOCK - 1, length: 2 }), {
        code: 'storage.layer-damaged',
        message: new RegExp(`data/${file.name}.*block 1 of the ${layer} layer`),
      });
    });

    it('whose blocks were put in another order is not read', async () => {
      await replace(base, stored, swapBlocks(header));
      await assert.rejects(layered.read(file), { code: 'storage.layer-damaged' });
      await assert.rejects(layered.read(file, { offset: 0, length: 10 }), { code: 'storage.layer-damaged' });
    });

    it('that was cut off anywhere is not read as the whole', async () => {
      const whole = Buffer.from(await base.read(stored));
      const lengths = [0, 5, header - 1, header, header + 5, header + 16, header + SEALED_BLOCK + 16];
      for (const length of [...lengths, header + SEALED_BLOCK, header + 2 * SEALED_BLOCK, whole.length - 1]) {
        await replace(base, stored, () => whole.subarray(0, length));
        const read = await layered.read(file).catch((error: unknown) => error);
        if (read instanceof Error) {
          assert.match(String(Reflect.get(read, 'code')), /^storage\.layer-/, `${length}`);
        } else {
          // rclone's format does not mark the end: a cut between blocks gives a shorter file, which the
          // repository notices by the hash that is the file's name.
          assert.equal(layer, 'crypt');
          assert.ok(read instanceof Uint8Array && read.length < plain.length);
        }
        await assert.rejects(
          layered.read(file, { offset: 0, length: plain.length }),
          /storage|damaged|bytes long/,
        );
      }
    });

    it('that lies there without the layer is named, as is one beside it', async () => {
      await put(base, { kind: 'index', name: file.name }, Buffer.from('plain'));
      await assert.rejects(layered.read({ kind: 'index', name: file.name }), {
        code: 'storage.layer-missing',
        layer,
      });
      await assert.rejects(names(layered, 'index'), { code: 'storage.layer-missing', layer });
      await put(base, { kind: 'index', name: `${randomName()}${suffix}` }, randomBytes(2000));
    });

    it('whose bytes are not of the layer at all is named', async () => {
      await replace(base, stored, () => randomBytes(5000));
      for (const range of [undefined, { offset: 0, length: 1 }])
        await assert.rejects(layered.read(file, range), { code: 'storage.layer-missing', layer });
    });

    it('that was removed and written anew is read, although the old one was known', async () => {
      await layered.read(file, { offset: 0, length: 10 });
      const other = await wrap(base);
      await other.remove(file);
      await put(other, file, plain);
      assert.ok(plain.subarray(5, 15).equals(await layered.read(file, { offset: 5, length: 10 })));
    });
  });
}

describe('keys that do not fit', () => {
  it('another password of crypt is told apart from damage when nothing was opened with it', async () => {
    const base = new MemoryStorage();
    await put(await withCrypt(base, crypt), { kind: 'config', name: '' }, Buffer.from('config'));
    const wrong = await withCrypt(base, { ...crypt, salt: 'c' });
    await assert.rejects(wrong.read({ kind: 'config', name: '' }), {
      code: 'storage.layer-key',
      layer: 'crypt',
    });
  });

  it('another identity of age, and none at all', async () => {
    const base = new MemoryStorage();
    const file = { kind: 'config', name: '' } as const;
    const writer = withAge(base, { ...age, identities: [] });
    await put(writer, file, Buffer.from('config'));
    assert.equal((await writer.stat(file)).size, 6);
    await assert.rejects(writer.read(file), {
      code: 'storage.layer-key',
      message: /no age identity is given/,
    });
    const stranger = withAge(base, { ...age, identities: [X25519Identity.generate()] });
    await assert.rejects(stranger.read(file), { code: 'storage.layer-key', message: /other recipients/ });
    assert.equal(Buffer.from(await withAge(base, age).read(file)).toString(), 'config');
  });

  it('without recipients nothing is written, and nothing begun', async () => {
    const reader = withAge(new MemoryStorage(), { ...age, recipients: [] });
    await assert.rejects(reader.writer('data'), { code: 'storage.layer-configuration' });
  });

  it('an earlier password of crypt still reads, and the new one writes', async () => {
    const base = new MemoryStorage();
    const file = { kind: 'data', name: randomName() } as const;
    await put(await withCrypt(base, crypt), file, Buffer.from('old'));
    const both = await withCrypt(base, { password: 'new', earlier: [crypt] });
    assert.equal(Buffer.from(await both.read(file, { offset: 1 })).toString(), 'ld');
    const later = { kind: 'data', name: randomName() } as const;
    await put(both, later, Buffer.from('new'));
    const afterwards = await withCrypt(base, { password: 'new' });
    assert.equal(Buffer.from(await afterwards.read(later)).toString(), 'new');
    await assert.rejects(afterwards.read(file), { code: 'storage.layer-damaged' });
  });
});

describe('one layer taken off two', () => {
  it('says which one is missing', async () => {
    const base = new MemoryStorage();
    const file = { kind: 'snapshot', name: randomName() } as const;
    const layered = await withLayers(base, { crypt, age });
    await put(withAge(base, age), file, Buffer.from('without crypt'));
    await assert.rejects(layered.read(file), { code: 'storage.layer-missing', layer: 'crypt' });
    await assert.rejects(names(layered, 'snapshot'), { code: 'storage.layer-missing', layer: 'crypt' });
    const other = { kind: 'index', name: randomName() } as const;
    await put(await withCrypt(base, crypt), other, Buffer.from('without age'));
    await assert.rejects(layered.read(other), { code: 'storage.layer-missing', layer: 'age' });
  });
});

describe('the layers that a repository lies in', () => {
  const config = { kind: 'config', name: '' } as const;

  it('are compared with the keys that are given, and the message says which differs', async () => {
    const both = new MemoryStorage();
    await put(await withLayers(both, { crypt, age }), config, Buffer.from('x'));
    await assert.rejects(openLayers(both, {}), /lies in the crypt layer \(rclone\) and the age layer/);
    await assert.rejects(openLayers(both, { age }), /lies in the crypt layer \(rclone\), and no key/);
    await assert.rejects(openLayers(both, { crypt }), /lies in the age layer, and no key/);
    assert.equal((await (await openLayers(both, { crypt, age })).stat(config)).size, 1);

    const bare = new MemoryStorage();
    await put(bare, config, Buffer.from('x'));
    await assert.rejects(openLayers(bare, { crypt, age }), {
      code: 'storage.layer-mismatch',
      message: /does not lie in the crypt layer \(rclone\) and the age layer/,
    });
    assert.equal(await openLayers(bare, {}), bare);
  });

  it('are not guessed when there is a config file beside the layered one', async () => {
    const base = new MemoryStorage();
    await put(await withLayers(base, { crypt, age }), config, Buffer.from('x'));
    await put(base, config, Buffer.from('x'));
    await assert.rejects(openLayers(base, { crypt, age }), /2 config files/);
    await assert.rejects(openLayers(base, {}), /2 config files/);
  });
});
