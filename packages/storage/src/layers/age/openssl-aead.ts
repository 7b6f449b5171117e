/**
 * ChaCha20-Poly1305 by Node's OpenSSL, whose functions Node exports for add-ons (its documentation, "C++ addons", "Linking
 * to libraries included with Node.js"): EVP_EncryptInit(3) of OpenSSL 3, "AEAD interface".
 */
import { nativeCalls } from '../../native-calls.ts';
import { TAG } from '../block-layout.ts';
import type { Aead } from './aead.ts';

/** Undefined where it cannot be had, or does not what it should. Made once for each thread. */
export function openssl(): Aead | undefined {
  try {
    const aead = bind();
    return aead !== undefined && isRight(aead) ? aead : undefined;
  } catch (cause) {
    // A Node whose OpenSSL is another one, or hidden.
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}

const BYTES = 'uint8_t *';
const POINTER = 'void *';
/** openssl/evp.h */
const [GET_TAG, SET_TAG] = [0x10, 0x11];
const [KEY, NONCE] = [32, 12];

function bind(): Aead | undefined {
  const library = nativeCalls()?.load(null);
  if (library === undefined) return undefined;
  const init = [POINTER, POINTER, BYTES, BYTES, POINTER];
  const update = [POINTER, BYTES, BYTES, BYTES, 'int'];
  const final = [POINTER, BYTES, BYTES];
  const initSeal = library.func('EVP_EncryptInit_ex2', 'int', init);
  const updateSeal = library.func('EVP_EncryptUpdate', 'int', update);
  const finishSeal = library.func('EVP_EncryptFinal_ex', 'int', final);
  const initOpen = library.func('EVP_DecryptInit_ex2', 'int', init);
  const updateOpen = library.func('EVP_DecryptUpdate', 'int', update);
  const finishOpen = library.func('EVP_DecryptFinal_ex', 'int', final);
  const control = library.func('EVP_CIPHER_CTX_ctrl', 'int', [POINTER, 'int', 'int', BYTES]);
  const type = library.func('EVP_chacha20_poly1305', POINTER, [])();
  const newCipher = library.func('EVP_CIPHER_CTX_new', POINTER, []);

  const [sealing, opening] = [newCipher(), newCipher()];
  /** An int. */
  const written = Buffer.alloc(8);
  const nothing = Buffer.alloc(TAG);
  return {
    seal(sealed, plain, nonce, key) {
      assertLengths(plain, sealed, nonce, key);
      assertDone(initSeal(sealing, type, key, nonce, null));
      if (plain.length > 0) assertDone(updateSeal(sealing, sealed, written, plain, plain.length));
      assertDone(finishSeal(sealing, nothing, written));
      assertDone(control(sealing, GET_TAG, TAG, sealed.subarray(plain.length)));
    },
    open(plain, sealed, nonce, key) {
      if (sealed.length !== plain.length + TAG) return false;
      assertLengths(plain, sealed, nonce, key);
      assertDone(initOpen(opening, type, key, nonce, null));
      assertDone(control(opening, SET_TAG, TAG, sealed.subarray(plain.length)));
      if (plain.length > 0) assertDone(updateOpen(opening, plain, written, sealed, plain.length));
      return finishOpen(opening, nothing, written) === 1;
    },
  };
}

function assertDone(result: unknown): void {
  if (result !== 1) throw new Error('OpenSSL refused a call');
}

/** The functions themselves trust their caller. */
function assertLengths(plain: Buffer, sealed: Buffer, nonce: Buffer, key: Buffer): void {
  if (sealed.length !== plain.length + TAG)
    throw new RangeError(`${sealed.length} bytes for ${plain.length}`);
  if (nonce.length !== NONCE || key.length !== KEY)
    throw new RangeError(`a nonce of ${nonce.length} and a key of ${key.length} bytes`);
}

/** One that was sealed by somebody else (made with libsodium, in `chacha20-poly1305.test.ts`) is the same, and is opened. */
function isRight(aead: Aead): boolean {
  const [key, nonce, plain] = [
    Buffer.alloc(KEY, 1),
    Buffer.alloc(NONCE, 2),
    Buffer.from('ChaCha20-Poly1305'),
  ];
  return [0, 1].every(() => {
    const [sealed, opened] = [Buffer.alloc(plain.length + TAG), Buffer.alloc(plain.length)];
    aead.seal(sealed, plain, nonce, key);
    if (!sealed.equals(TRIAL) || !aead.open(opened, sealed, nonce, key) || !opened.equals(plain))
      return false;
    sealed[3] = 255 - (sealed[3] as number);
    return !aead.open(opened, sealed, nonce, key);
  });
}

/** What `isRight` seals. */
export const TRIAL = Buffer.from('a574936de5c2daea5c7d8695aabad719b94d3a0fc790a7ee265cf66fcf9496023e', 'hex');
