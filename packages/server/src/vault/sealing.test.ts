import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { InvalidError } from '../platform/index.ts';
import { associatedData, type Binding } from './binding.ts';
import { VaultError } from './errors.ts';
import type { KeyHolder } from './key-holder.ts';
import { makeKeyPair, type PrivateKey, privatePem } from './private-key.ts';
import { longestSecret, openSecret, rewrapSecret, sealSecret } from './sealing.ts';
import { unwrapKey } from './wrapping.ts';

const holderOf = (...keys: PrivateKey[]): KeyHolder => ({
  first: () => assert.fail('not asked here'),
  giveUp: async () => {},
  publicKey: () => assert.fail('not asked here'),
  unwrap: async (fingerprint, wrapped) => {
    const own = keys.find((key) => key.public.fingerprint === fingerprint);
    if (own === undefined) throw new VaultError('server.vault-wrong-key', 'not held', { advice: '' });
    try {
      return unwrapKey(own.key, wrapped);
    } catch {
      return undefined;
    }
  },
  prove: async () => {},
});

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const bindings = fc.record({ owner: text, name: text, version: fc.integer({ min: 1, max: 2 ** 40 }) });
const binding: Binding = { owner: 'source:1', name: 'password', version: 1 };

describe('a sealed secret', () => {
  let key: PrivateKey;
  let other: PrivateKey;
  before(async () => {
    [key, other] = await Promise.all([makeKeyPair(2_048), makeKeyPair(2_048)]);
  });

  it('opens as what it was, whatever it is and whoever owns it', async () => {
    await fc.assert(
      fc.asyncProperty(bindings, fc.uint8Array({ maxLength: 300 }), async (each, bytes) => {
        const secret = Buffer.from(bytes);
        const sealed = sealSecret(key.public, each, secret);
        assert.deepEqual(await openSecret(holderOf(key), each, sealed), secret);
        const again = await rewrapSecret(holderOf(key, other), other.public, each, sealed);
        assert.deepEqual(await openSecret(holderOf(other), each, again), secret);
        await assert.rejects(openSecret(holderOf(key), each, again), { code: 'server.vault-wrong-key' });
      }),
      { numRuns: 60 },
    );
  });

  it('opens as nobody else’s, under no other name, and as no other version', async () => {
    await fc.assert(
      fc.asyncProperty(bindings, bindings, async (one, two) => {
        fc.pre(one.owner !== two.owner || one.name !== two.name || one.version !== two.version);
        const sealed = sealSecret(key.public, one, Buffer.from('secret'));
        await assert.rejects(openSecret(holderOf(key), two, sealed), { code: 'server.vault-damaged' });
      }),
      { numRuns: 40 },
    );
  });

  it('is not opened when a byte of it is another, missing or too many', async () => {
    const sealed = sealSecret(key.public, binding, Buffer.from('correct horse battery staple'));
    const refused = { name: 'VaultError', code: /^server\.vault-(damaged|wrong-key)$/ };
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at);
      await assert.rejects(openSecret(holderOf(key), binding, changed), refused, `byte ${at}`);
    }
    for (const length of [0, 1, 38, 39, 200, sealed.length - 64, sealed.length - 1]) {
      await assert.rejects(openSecret(holderOf(key), binding, sealed.subarray(0, length)), refused);
    }
    for (const more of [1, 64]) {
      const longer = Buffer.concat([sealed, Buffer.alloc(more)]);
      await assert.rejects(openSecret(holderOf(key), binding, longer), refused);
    }
  });

  it('tells nothing of its content, and little of its length', () => {
    const seal = (secret: string) => sealSecret(key.public, binding, Buffer.from(secret));
    const [one, two] = [seal('same'), seal('same')];
    // Magic, fingerprint and a length are the same; key, IV and content never are.
    assert.ok(!one.subarray(39).equals(two.subarray(39)));
    assert.notDeepEqual(one.subarray(39, 71), two.subarray(39, 71));
    assert.ok(!one.subarray(-80).equals(two.subarray(-80)));
    assert.equal(seal('').length, seal('p'.repeat(60)).length);
    assert.equal(seal('p'.repeat(61)).length, seal('').length + 64);
    assert.throws(() => seal('p'.repeat(longestSecret + 1)), InvalidError);
  });

  it('names its owner in one way only', () => {
    fc.assert(
      fc.property(bindings, bindings, (one, two) => {
        const isSame = one.owner === two.owner && one.name === two.name && one.version === two.version;
        assert.equal(associatedData(one).equals(associatedData(two)), isSame);
      }),
    );
    const moved = associatedData({ owner: 'ab', name: 'c', version: 1 });
    assert.ok(!moved.equals(associatedData({ owner: 'a', name: 'bc', version: 1 })));
    for (const wrong of [{ owner: '' }, { name: '\ud800' }, { owner: 'o'.repeat(1_025) }, { version: 0 }]) {
      assert.throws(() => associatedData({ ...binding, ...wrong }), InvalidError);
    }
  });

  it('is opened by hand with openssl and the documented offsets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'octobox-vault-'));
    try {
      const sealed = sealSecret(key.public, binding, Buffer.from('by hand'));
      await writeFile(join(folder, 'key.pem'), privatePem(key), { mode: 0o600 });
      const spki = execFileSync('openssl', [
        'pkey',
        '-in',
        join(folder, 'key.pem'),
        '-pubout',
        '-outform',
        'DER',
      ]);
      const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: spki });
      assert.deepEqual(sealed.subarray(5, 37), digest);
      const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'];
      const dataKey = execFileSync(
        'openssl',
        [
          'pkeyutl',
          '-decrypt',
          '-inkey',
          join(folder, 'key.pem'),
          ...oaep.flatMap((one) => ['-pkeyopt', one]),
        ],
        { input: sealed.subarray(39, 39 + 256) },
      );
      const opener = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(295, 307));
      const [label, owner, name] = ['octobox vault 1', 'source:1', 'password'];
      opener.setAAD(
        Buffer.from(`\0\0\0\x0f${label}\0\0\0\x08${owner}\0\0\0\x08${name}\0\0\0\0\0\0\0\x01`, 'latin1'),
      );
      opener.setAuthTag(sealed.subarray(-16));
      const plain = Buffer.concat([opener.update(sealed.subarray(307, -16)), opener.final()]);
      assert.equal(plain.toString('latin1'), `\0\0\0\x07by hand${'\0'.repeat(53)}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
