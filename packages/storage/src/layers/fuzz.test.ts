/** Every parser of layer bytes and of keys gives a value or its own error for any bytes: no crash, no hang, no heap. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StorageError } from '../errors.ts';
import { parseCryptKey } from '../keyring/key-folder.ts';
import { MemoryStorage } from '../memory.ts';
import type { Storage, StoredFile } from '../storage.ts';
import { corpus, fuzzSeconds, fuzzSeed, generator, mutate } from '../testing/fuzz.ts';
import { decodeArmor, encodeArmor } from './age/armor.ts';
import { decodeBech32, encodeBech32 } from './age/bech32.ts';
import { decodeHeader } from './age/header.ts';
import {
  isEncryptedIdentityFile,
  openIdentityFile,
  parseIdentities,
  parseRecipients,
} from './age/key-files.ts';
import { PassphraseIdentity } from './age/passphrase.ts';
import { decryptSmall } from './age/small-file.ts';
import { X25519Identity } from './age/x25519.ts';
import { obscure, reveal } from './crypt/obscure.ts';
import { HeaderError } from './layer-format.ts';
import { withAge, withCrypt } from './with-layers.ts';

/** The seeds are for these. */
const PASSPHRASE = 'geheim';
const identity = X25519Identity.parse(encodeBech32('age-secret-key-', Buffer.alloc(32, 7)).toUpperCase());

const isExpected = (error: unknown): boolean => error instanceof HeaderError || error instanceof StorageError;

/** Whether the file asks for a key derivation that takes long by design, up to the bound that age has too. */
function isSlowByDesign(file: Buffer): boolean {
  let bytes = file;
  try {
    if (file.toString('latin1', 0, 100).includes('BEGIN AGE')) bytes = decodeArmor(file.toString('latin1'));
    const stanzas = decodeHeader(bytes)?.stanzas ?? [];
    return stanzas.some(({ args }) => args[0] === 'scrypt' && Number(args[2]) > 10 && Number(args[2]) <= 22);
  } catch {
    return false;
  }
}

/** Reads the bytes as a file of a layer: whole and in parts, which must agree. */
async function readThrough(layer: (inner: Storage) => Promise<Storage>, suffix: string, bytes: Buffer) {
  const inner = new MemoryStorage('fuzz');
  const name = 'a'.repeat(64);
  const writer = await inner.writer('data');
  await writer.append(bytes);
  await writer.commit(name + suffix);
  const file: StoredFile = { kind: 'data', name };
  const storage = await layer(inner);
  const attempt = async (read: () => Promise<Uint8Array>): Promise<Buffer | undefined> => {
    try {
      return Buffer.from(await read());
    } catch (error) {
      if (isExpected(error)) return undefined;
      throw error;
    }
  };
  const { size } = await storage.stat(file);
  assert.ok(size >= 0 && size <= bytes.length, `a size of ${size}`);
  const whole = await attempt(() => storage.read(file));
  const offset = Math.floor(size / 2);
  const part = await attempt(() => storage.read(file, { offset, length: 40 }));
  assert.ok(whole === undefined || part === undefined || whole.subarray(offset, offset + 40).equals(part));
  assert.ok(part === undefined || part.length <= 40);
  for await (const listed of storage.list('data')) assert.ok(listed.size >= 0);
  if (whole !== undefined) assert.ok(whole.length < bytes.length);
}

const parsers: Record<string, (bytes: Buffer) => unknown> = {
  'age-header': (bytes) => {
    const header = decodeHeader(bytes);
    if (header !== undefined) assert.ok(header.length <= bytes.length);
  },
  'age-file': (bytes) => {
    if (isSlowByDesign(bytes)) return;
    const plain = decryptSmall(bytes, [identity, new PassphraseIdentity(PASSPHRASE)]);
    assert.ok(plain.length < bytes.length);
  },
  'age-file-in-a-storage': (bytes) =>
    readThrough(async (inner) => withAge(inner, { recipients: [], identities: [identity] }), '.age', bytes),
  'crypt-file': (bytes) => readThrough((inner) => withCrypt(inner, { password: PASSPHRASE }), '.bin', bytes),
  armor: (bytes) => {
    const decoded = decodeArmor(bytes.toString('latin1'));
    assert.deepEqual(decodeArmor(encodeArmor(decoded)), decoded);
  },
  bech32: (bytes) => {
    const text = bytes.toString('latin1');
    const decoded = decodeBech32(text);
    if (decoded !== undefined) assert.equal(encodeBech32(decoded.prefix, decoded.bytes), text.toLowerCase());
  },
  'age-keys': (bytes) => {
    const text = bytes.toString('utf8');
    for (const parse of [parseRecipients, parseIdentities, parseCryptKey]) {
      try {
        parse(text, 'keys');
      } catch (error) {
        if (!isExpected(error)) throw error;
        // A file that was named by mistake may hold secrets.
        assert.ok(error instanceof Error && error.message.length < 300, 'the error is short');
      }
    }
    if (isEncryptedIdentityFile(bytes) && !isSlowByDesign(bytes)) openIdentityFile(bytes, 'keys', PASSPHRASE);
  },
  obscured: (bytes) => {
    const text = bytes.toString('utf8');
    const password = reveal(text);
    if (!password.includes('\ufffd')) {
      const iv = Buffer.from(text, 'base64url').subarray(0, 16);
      assert.equal(reveal(obscure(password, iv)), password);
    }
  },
};

/** Where what is typed by hand to be slow would be: long runs of one character. */
const tiresome = [
  '=',
  ' ',
  '\r\n',
  '\n',
  '1',
  '-> ',
  '#',
  'A',
  '-----BEGIN AGE ENCRYPTED FILE-----\n',
].flatMap((piece) =>
  ['', 'age-encryption.org/v1\n', '-----BEGIN AGE ENCRYPTED FILE-----\n'].map((start) =>
    Buffer.from(`${start}x${piece.repeat(100_000 / piece.length)}x`),
  ),
);

describe('parsers of layer bytes', { timeout: 3_600_000 }, () => {
  const seed = fuzzSeed();
  for (const [name, parse] of Object.entries(parsers)) {
    it(`${name} bears any bytes (OCTOBOX_FUZZ_SEED=${seed})`, async () => {
      const folder = name.replace('-in-a-storage', '');
      const seeds = corpus(new URL(`../../testdata/fuzz/${folder}`, import.meta.url).pathname);
      assert.ok(seeds.length > 0);
      const random = generator(seed);
      const attempt = async (bytes: Buffer): Promise<void> => {
        const begun = process.cpuUsage();
        try {
          await parse(Buffer.from(bytes));
        } catch (error) {
          if (isExpected(error)) return;
          const shown = bytes.length > 400 ? `${bytes.length} bytes` : bytes.toString('base64');
          throw new Error(`${name} threw ${error} for ${shown}`, { cause: error });
        } finally {
          const took = process.cpuUsage(begun).user / 1000;
          assert.ok(took < 2_000, `${name} took ${took} ms for ${bytes.length} bytes`);
        }
      };
      for (const bytes of [...seeds, ...tiresome, Buffer.alloc(0)]) await attempt(bytes);
      const end = performance.now() + fuzzSeconds() * 1000;
      while (performance.now() < end) await attempt(mutate(seeds, random));
      assert.ok(process.memoryUsage().rss < 1_500_000_000, 'memory stays bounded');
    });
  }
});
