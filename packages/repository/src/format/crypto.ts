/**
 * How restic seals every stored object (restic design, "Keys, Encryption and MAC"):
 *
 *     nonce (16) || AES-256-CTR(plain) || Poly1305-AES tag (16)
 *
 * The random nonce is the first counter block and also what the authentication key is made from:
 * one-time key = r || AES-128_k(nonce). The tag covers the ciphertext only. Nothing binds an object to its
 * name, so callers check the SHA-256 as well.
 */
import { type Cipheriv, createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import sodium from 'sodium-native';
import { FormatError, UnauthenticatedError } from '../errors.ts';
import { release } from './release.ts';

/** Plain byte arrays, so that it can be sent to worker threads. */
export interface MasterKey {
  /** 32 bytes, AES-256 */
  readonly encrypt: Uint8Array;
  /** 16 bytes, AES-128 of the nonce */
  readonly macK: Uint8Array;
  /** 16 bytes, clamped by Poly1305 itself */
  readonly macR: Uint8Array;
}

const NONCE = 16;
const TAG = 16;
/** How much longer a sealed object is than its plain bytes. */
export const SEAL_OVERHEAD = NONCE + TAG;
/** The cipher allocates what it returns: pieces keep that garbage small. */
const PIECE = 128 * 1024;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** Throws `FormatError` for keys of wrong length or all zero. */
export function checkMasterKey(key: MasterKey): void {
  const parts = [
    [key.encrypt, 32],
    [key.macK, 16],
    [key.macR, 16],
  ] as const;
  for (const [bytes, length] of parts) {
    if (bytes.length !== length) throw new FormatError(`a key is ${bytes.length} bytes long, not ${length}`);
    if (isZero(bytes)) throw new FormatError('a key is all zero');
  }
}

export function generateMasterKey(): MasterKey {
  return {
    encrypt: randomFillSync(new Uint8Array(32)),
    macK: randomFillSync(new Uint8Array(16)),
    macR: randomFillSync(new Uint8Array(16)),
  };
}

/** One AES-128-ECB object for each key: making one a call would cost more than the rest of a small tag. */
const nonceCiphers = new WeakMap<MasterKey, Cipheriv>();

function oneTimeKey(key: MasterKey, nonce: Uint8Array): Buffer {
  let cipher = nonceCiphers.get(key);
  if (cipher === undefined) {
    checkMasterKey(key);
    cipher = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false);
    nonceCiphers.set(key, cipher);
  }
  const made = Buffer.allocUnsafe(32);
  made.set(key.macR);
  made.set(cipher.update(nonce), 16);
  return made;
}

/** The Poly1305-AES tag of a message: 16 bytes. */
export function authenticate(key: MasterKey, nonce: Uint8Array, message: Uint8Array): Buffer {
  const tag = Buffer.allocUnsafe(TAG);
  sodium.crypto_onetimeauth(tag, asBuffer(message), oneTimeKey(key, nonce));
  return tag;
}

/** Encrypts; `nonce` is for test vectors only, every stored object gets a random one. */
export function seal(
  key: MasterKey,
  plain: Uint8Array,
  nonce: Uint8Array = randomFillSync(Buffer.allocUnsafe(NONCE)),
): Buffer {
  if (isZero(nonce)) throw new FormatError('the nonce is all zero');
  const sealed = Buffer.allocUnsafeSlow(plain.length + SEAL_OVERHEAD);
  sealed.set(nonce);
  const tagKey = oneTimeKey(key, nonce);
  transform(createCipheriv('aes-256-ctr', key.encrypt, nonce), plain, sealed, NONCE);
  const tag = sealed.subarray(sealed.length - TAG);
  sodium.crypto_onetimeauth(tag, sealed.subarray(NONCE, sealed.length - TAG), tagKey);
  return sealed;
}

/**
 * Authenticates, then decrypts. Throws `UnauthenticatedError` when the tag does not match and
 * `FormatError` when the object is too short or its nonce is all zero.
 */
export function open(key: MasterKey, sealed: Uint8Array): Buffer {
  if (sealed.length < SEAL_OVERHEAD) {
    throw new FormatError(`an encrypted object of ${sealed.length} bytes is too short`);
  }
  const nonce = sealed.subarray(0, NONCE);
  if (isZero(nonce)) throw new FormatError('the nonce is all zero');
  const ciphertext = asBuffer(sealed.subarray(NONCE, sealed.length - TAG));
  const tag = asBuffer(sealed.subarray(sealed.length - TAG));
  // libsodium compares in constant time.
  if (!sodium.crypto_onetimeauth_verify(tag, ciphertext, oneTimeKey(key, nonce)))
    throw new UnauthenticatedError();
  const plain = Buffer.allocUnsafeSlow(ciphertext.length);
  transform(createDecipheriv('aes-256-ctr', key.encrypt, nonce), ciphertext, plain, 0);
  return plain;
}

function transform(cipher: Pick<Cipheriv, 'update'>, from: Uint8Array, to: Uint8Array, at: number): void {
  for (let start = 0; start < from.length; start += PIECE) {
    const piece = cipher.update(from.subarray(start, start + PIECE));
    to.set(piece, at + start);
    release(piece);
  }
}
