/**
 * How restic seals every stored object (restic design, "Keys, Encryption and MAC"):
 *
 *     nonce (16) || AES-256-CTR(plain) || Poly1305-AES tag (16)
 *
 * The random nonce is the first counter block and also what the authentication key is made from:
 * one-time key = r || AES-128_k(nonce). The tag covers the ciphertext only. Nothing binds an object to its
 * name, so callers check the SHA-256 as well.
 */
import {
  type Cipheriv,
  createCipheriv,
  createDecipheriv,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { FormatError, UnauthenticatedError } from '../../errors.ts';
import { type Room, Scratch } from '../../runtime/scratch.ts';
import { ciphers } from './ciphers.ts';
import { transform } from './node-ciphers.ts';

/** Plain byte arrays, so that it can be sent to worker threads. */
export interface MasterKey {
  /** 32 bytes, AES-256 */
  readonly encrypt: Uint8Array;
  /** 16 bytes, AES-128 of the nonce */
  readonly macK: Uint8Array;
  /** 16 bytes, clamped by Poly1305 itself */
  readonly macR: Uint8Array;
}

export const NONCE = 16;
const TAG = 16;
/** How much longer a sealed object is than its plain bytes. */
export const SEAL_OVERHEAD = NONCE + TAG;
/** What stays near the processor. */
const PIECE = 64 * 1024;

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}

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

/** Keys that were found to be right. */
const checked = new WeakSet<MasterKey>();
const madeKey = Buffer.allocUnsafeSlow(32);
const madeTag = Buffer.allocUnsafeSlow(TAG);

/** The Poly1305-AES tag of a message; lasts until the next call. */
function tagOf(key: MasterKey, nonce: Uint8Array, message: Uint8Array): Buffer {
  if (!checked.has(key)) {
    checkMasterKey(key);
    checked.add(key);
  }
  madeKey.set(key.macR);
  ciphers().block(key.macK, nonce, ofNonce);
  ciphers().poly1305(madeTag, message, madeKey);
  return madeTag;
}

const ofNonce = madeKey.subarray(NONCE);

/** The Poly1305-AES tag of a message: 16 bytes. */
export const authenticate = (key: MasterKey, nonce: Uint8Array, message: Uint8Array): Buffer =>
  Buffer.from(tagOf(key, nonce, message));

/** Random bytes are fetched for many nonces at once: a call costs more than sealing a small object. */
const NONCES_AT_ONCE = 256;
let nonces = Buffer.alloc(0);

function freshNonce(): Buffer {
  if (nonces.length === 0) nonces = randomFillSync(Buffer.allocUnsafeSlow(NONCE * NONCES_AT_ONCE));
  const nonce = nonces.subarray(0, NONCE);
  nonces = nonces.subarray(NONCE);
  return nonce;
}

/** Encrypts; `nonce` is for test vectors only, every stored object gets a random one. */
export function seal(key: MasterKey, plain: Uint8Array, nonce: Uint8Array = freshNonce()): Buffer {
  const sealed = Buffer.allocUnsafeSlow(plain.length + SEAL_OVERHEAD);
  return sealTo(sealed, key, plain, nonce);
}

/** As `seal`; the result lies in the scratch memory, until that is used again. */
export const sealInto = (scratch: Room, key: MasterKey, plain: Uint8Array): Buffer =>
  sealTo(scratch.take(plain.length + SEAL_OVERHEAD), key, plain, freshNonce());

/** Seals bytes where they lie: `NONCE` bytes before them and as many behind them are free, and become part of the result. */
export function sealInPlace(key: MasterKey, plain: Uint8Array): Buffer {
  const { buffer, byteOffset, length } = plain;
  return sealTo(Buffer.from(buffer, byteOffset - NONCE, length + SEAL_OVERHEAD), key, plain, freshNonce());
}

function sealTo(sealed: Buffer, key: MasterKey, plain: Uint8Array, nonce: Uint8Array): Buffer {
  if (isZero(nonce)) throw new FormatError('the nonce is all zero');
  sealed.set(nonce);
  const ciphertext = sealed.subarray(NONCE, sealed.length - TAG);
  ciphers().ctr(key.encrypt, nonce, plain, ciphertext);
  sealed.set(tagOf(key, nonce, ciphertext), sealed.length - TAG);
  return sealed;
}

/**
 * Authenticates, then decrypts. Throws `UnauthenticatedError` when the tag does not match and
 * `FormatError` when the object is too short or its nonce is all zero. With `scratch` the result lies in there.
 */
export function open(key: MasterKey, sealed: Uint8Array, scratch?: Room): Buffer {
  const { ciphertext, nonce } = authenticated(key, sealed);
  const plain = scratch?.take(ciphertext.length) ?? Buffer.allocUnsafeSlow(ciphertext.length);
  ciphers().ctr(key.encrypt, nonce, ciphertext, plain);
  return plain;
}

const passing = new Scratch();

/** As `open`, for who looks at the plain bytes only once: each piece is gone when the next is asked for. */
export function* openPassing(key: MasterKey, sealed: Uint8Array): Generator<Buffer, void, void> {
  const { ciphertext, nonce } = authenticated(key, sealed);
  for (let start = 0; start < ciphertext.length; start += PIECE) {
    const from = ciphertext.subarray(start, start + PIECE);
    const piece = passing.take(from.length);
    ciphers().ctr(key.encrypt, counterAt(nonce, start / BLOCK), from, piece);
    yield piece;
  }
}

const BLOCK = 16;

/** The counter, a number of 16 bytes, so many blocks behind the first. */
function counterAt(nonce: Uint8Array, blocks: number): Buffer {
  const counter = Buffer.from(nonce);
  for (let byte = counter.length - 1, carry = blocks; carry > 0 && byte >= 0; byte--) {
    const sum = (counter[byte] ?? 0) + carry;
    counter[byte] = sum % 256;
    carry = Math.floor(sum / 256);
  }
  return counter;
}

/** As `open`, for objects that are not wanted whole: the function gives the next bytes, none at the end. */
export function openInPieces(key: MasterKey, sealed: Uint8Array): (length: number) => Buffer {
  const { ciphertext, nonce } = authenticated(key, sealed);
  const cipher = createDecipheriv('aes-256-ctr', key.encrypt, nonce);
  let at = 0;
  return (length) => {
    const from = ciphertext.subarray(at, at + length);
    const plain = Buffer.allocUnsafeSlow(from.length);
    transform(cipher, from, plain);
    at += from.length;
    return plain;
  };
}

/**
 * Seals what comes in pieces, into memory that grows where it is: of the sealed object, which may have hundreds of
 * megabytes, there is never a second copy.
 */
export class PieceSealer {
  readonly #key: MasterKey;
  readonly #nonce = freshNonce();
  readonly #cipher: Cipheriv;
  readonly #memory: ArrayBuffer;
  #length = NONCE;

  /** `limit` in bytes is reserved as addresses only. */
  constructor(key: MasterKey, limit: number) {
    this.#key = key;
    this.#cipher = createCipheriv('aes-256-ctr', key.encrypt, this.#nonce);
    this.#memory = new ArrayBuffer(NONCE, { maxByteLength: limit });
    Buffer.from(this.#memory).set(this.#nonce);
  }

  /** Throws `FormatError` beyond the limit. */
  add(plain: Uint8Array): void {
    transform(this.#cipher, plain, this.#grow(plain.length));
  }

  /** The sealed object; `discard` takes its memory away. */
  finish(): Buffer {
    const tag = authenticate(this.#key, this.#nonce, Buffer.from(this.#memory, NONCE));
    this.#grow(TAG).set(tag);
    return Buffer.from(this.#memory, 0, this.#length);
  }

  discard(): void {
    this.#memory.resize(0);
  }

  #grow(by: number): Buffer {
    const at = this.#length;
    if (at + by > this.#memory.maxByteLength)
      throw new FormatError(`an object of more than ${this.#memory.maxByteLength} bytes cannot be stored`);
    this.#memory.resize(at + by);
    this.#length += by;
    return Buffer.from(this.#memory, at, by);
  }
}

interface Authenticated {
  readonly ciphertext: Uint8Array;
  readonly nonce: Uint8Array;
}

function authenticated(key: MasterKey, sealed: Uint8Array): Authenticated {
  if (sealed.length < SEAL_OVERHEAD) {
    throw new FormatError(`an encrypted object of ${sealed.length} bytes is too short`);
  }
  const nonce = sealed.subarray(0, NONCE);
  if (isZero(nonce)) throw new FormatError('the nonce is all zero');
  const ciphertext = sealed.subarray(NONCE, sealed.length - TAG);
  const tag = sealed.subarray(sealed.length - TAG);
  if (!timingSafeEqual(tagOf(key, nonce, ciphertext), tag)) throw new UnauthenticatedError();
  return { ciphertext, nonce };
}
