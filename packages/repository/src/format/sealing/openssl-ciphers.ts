/**
 * The ciphers of Node's OpenSSL, called directly: Node exports its functions for add-ons (its documentation, "C++
 * addons", "Linking to libraries included with Node.js"). Node's own cipher objects cost ten times what enciphering a
 * small blob does, and give every result in fresh memory; OpenSSL's Poly1305 is four times as fast as libsodium's.
 *
 * The functions: EVP_EncryptInit(3), EVP_MAC(3) of OpenSSL 3.
 */
import { nativeCalls } from '@octobox/storage/native-calls';
import type { Ciphers } from './cipher-set.ts';

/** Undefined where they cannot be had, or do not what they should. Made once for each thread. */
export function opensslCiphers(): Ciphers | undefined {
  try {
    const ciphers = bind();
    return ciphers !== undefined && isRight(ciphers) ? ciphers : undefined;
  } catch (cause) {
    // A Node whose OpenSSL is another one, or hidden.
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}

const BYTES = 'uint8_t *';
const POINTER = 'void *';

function bind(): Ciphers | undefined {
  const library = nativeCalls()?.load(null);
  if (library === undefined) return undefined;
  const newCipher = library.func('EVP_CIPHER_CTX_new', POINTER, []);
  const init = library.func('EVP_EncryptInit_ex2', 'int', [POINTER, POINTER, BYTES, BYTES, POINTER]);
  const update = library.func('EVP_EncryptUpdate', 'int', [POINTER, BYTES, BYTES, BYTES, 'int']);
  const fetchMac = library.func('EVP_MAC_fetch', POINTER, [POINTER, 'str', 'str']);
  const newMac = library.func('EVP_MAC_CTX_new', POINTER, [POINTER]);
  const initMac = library.func('EVP_MAC_init', 'int', [POINTER, BYTES, 'size_t', POINTER]);
  const updateMac = library.func('EVP_MAC_update', 'int', [POINTER, BYTES, 'size_t']);
  const finalMac = library.func('EVP_MAC_final', 'int', [POINTER, BYTES, BYTES, 'size_t']);
  const ctrType = library.func('EVP_aes_256_ctr', POINTER, [])();
  const blockType = library.func('EVP_aes_128_ecb', POINTER, [])();

  const [ctr, block] = [newCipher(), newCipher()];
  const mac = newMac(fetchMac(null, 'POLY1305', null));
  /** An int, or a size_t. */
  const written = Buffer.alloc(8);
  let ctrKey: Uint8Array | undefined;
  let blockKey: Uint8Array | undefined;
  return {
    ctr(key, nonce, from, to) {
      assertRoom(from, to);
      if (ctrKey !== key) assertDone(init(ctr, ctrType, key, null, null));
      ctrKey = key;
      assertDone(init(ctr, null, null, nonce, null));
      if (from.length > 0) assertDone(update(ctr, to, written, from, from.length));
    },
    block(key, from, to) {
      if (blockKey !== key) assertDone(init(block, blockType, key, null, null));
      blockKey = key;
      assertDone(update(block, to, written, from, BLOCK));
    },
    poly1305(tag, message, key) {
      assertDone(initMac(mac, key, key.length, null));
      if (message.length > 0) assertDone(updateMac(mac, message, message.length));
      assertDone(finalMac(mac, tag, written, tag.length));
    },
  };
}

const BLOCK = 16;

function assertDone(result: unknown): void {
  if (result !== 1) throw new Error('OpenSSL refused a call');
}

/** The functions themselves trust their caller. */
function assertRoom(from: Uint8Array, to: Uint8Array): void {
  if (to.length < from.length) throw new RangeError(`${to.length} bytes are too few for ${from.length}`);
}

const bytes = (digits: string): Buffer => Buffer.from(digits, 'hex');
const WORKED = {
  /** NIST SP 800-38A, F.5.5, the first block and a half. */
  ctr: {
    key: bytes('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'),
    nonce: bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
    from: bytes('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c'),
    to: bytes('601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59a'),
  },
  /** FIPS 197, C.1. */
  block: {
    key: bytes('000102030405060708090a0b0c0d0e0f'),
    from: bytes('00112233445566778899aabbccddeeff'),
    to: bytes('69c4e0d86a7b0430d8cdb78070b4c55a'),
  },
  /** RFC 8439, 2.5.2. */
  poly1305: {
    key: bytes('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b'),
    message: Buffer.from('Cryptographic Forum Research Group'),
    tag: bytes('a8061dc1305136c6c22b8baf0c0127a9'),
  },
};

/** Twice, since what is kept from call to call might be wrong. */
function isRight(ciphers: Ciphers): boolean {
  const { ctr, block, poly1305 } = WORKED;
  return [0, 1].every(() => {
    const [streamed, enciphered, tag] = [
      Buffer.alloc(ctr.to.length),
      Buffer.alloc(BLOCK),
      Buffer.alloc(BLOCK),
    ];
    ciphers.ctr(ctr.key, ctr.nonce, ctr.from, streamed);
    ciphers.block(block.key, block.from, enciphered);
    ciphers.poly1305(tag, poly1305.message, poly1305.key);
    return streamed.equals(ctr.to) && enciphered.equals(block.to) && tag.equals(poly1305.tag);
  });
}
