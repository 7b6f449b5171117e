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
import { FormatError, UnauthenticatedError } from '../../errors.ts';
import type { Scratch } from '../../runtime/scratch.ts';
import { isPoly1305, poly1305 } from './poly1305.ts';
import { applyStream, SmallStreams, transformSmall } from './small-ctr.ts';

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
/** The cipher allocates what it returns: pieces keep that garbage small, and of a size that is not mapped each time. */
const PIECE = 64 * 1024;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

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

/** One AES-128-ECB object for each key: making one a call would cost more than the rest of a small tag. */
const nonceCiphers = new WeakMap<MasterKey, Cipheriv>();

/** What the tags of sealed objects are checked with: of their nonces, one behind another, 16 bytes each again. */
export function encipherNonces(key: MasterKey, nonces: Uint8Array): Buffer {
  let cipher = nonceCiphers.get(key);
  if (cipher === undefined) {
    checkMasterKey(key);
    cipher = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false);
    nonceCiphers.set(key, cipher);
  }
  return cipher.update(nonces);
}

const madeKey = Buffer.allocUnsafeSlow(32);

/** Lasts until the next call. */
function oneTimeKey(key: MasterKey, nonce: Uint8Array, enciphered?: Uint8Array): Buffer {
  madeKey.set(key.macR);
  madeKey.set(enciphered ?? encipherNonces(key, nonce), NONCE);
  return madeKey;
}

/** The Poly1305-AES tag of a message: 16 bytes. */
export function authenticate(key: MasterKey, nonce: Uint8Array, message: Uint8Array): Buffer {
  const tag = Buffer.allocUnsafe(TAG);
  poly1305(tag, asBuffer(message), oneTimeKey(key, nonce));
  return tag;
}

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

/** Nonces with what the ciphers make of them, made for many at once: of one, a call costs more than sealing the object. */
const READY = 32;
const READY_STREAM = 512;
const readyStreams = new SmallStreams(READY * (READY_STREAM + NONCE));
const readyNonces = Buffer.allocUnsafeSlow(READY * NONCE);
let readyEnciphered: Buffer = Buffer.alloc(0);
let readyKey: MasterKey | undefined;
let readyNext = READY;

function makeReady(key: MasterKey): void {
  randomFillSync(readyNonces);
  readyStreams.clear();
  for (let at = 0; at < READY; at++)
    readyStreams.add(readyNonces.subarray(at * NONCE, (at + 1) * NONCE), READY_STREAM);
  readyStreams.make(key.encrypt);
  readyEnciphered = encipherNonces(key, readyNonces);
  readyKey = key;
  readyNext = 0;
}

/** As `seal`; the result lies in the scratch memory, until that is used again. */
export function sealInto(scratch: Scratch, key: MasterKey, plain: Uint8Array): Buffer {
  if (readyNext === READY || readyKey !== key) makeReady(key);
  const at = readyNext++;
  const sealed = scratch.take(plain.length + SEAL_OVERHEAD);
  const nonce = readyNonces.subarray(at * NONCE, (at + 1) * NONCE);
  const enciphered = readyEnciphered.subarray(at * NONCE, (at + 1) * NONCE);
  return sealTo(sealed, key, plain, nonce, enciphered, readyStreams.of(at));
}

function sealTo(
  sealed: Buffer,
  key: MasterKey,
  plain: Uint8Array,
  nonce: Uint8Array,
  enciphered?: Uint8Array,
  stream?: Uint8Array,
): Buffer {
  if (isZero(nonce)) throw new FormatError('the nonce is all zero');
  sealed.set(nonce);
  if (stream !== undefined && stream.length >= plain.length) applyStream(stream, plain, sealed, NONCE);
  else if (!transformSmall(key.encrypt, nonce, plain, sealed, NONCE))
    transform(createCipheriv('aes-256-ctr', key.encrypt, nonce), plain, sealed, NONCE);
  const tag = sealed.subarray(sealed.length - TAG);
  poly1305(tag, sealed.subarray(NONCE, sealed.length - TAG), oneTimeKey(key, nonce, enciphered));
  return sealed;
}

/**
 * Authenticates, then decrypts. Throws `UnauthenticatedError` when the tag does not match and
 * `FormatError` when the object is too short or its nonce is all zero. With `scratch` the result lies in there;
 * `enciphered` is what `encipherNonces` gave for the nonce, and `stream` its key stream, used where it is long enough.
 */
export function open(
  key: MasterKey,
  sealed: Uint8Array,
  scratch?: Scratch,
  enciphered?: Uint8Array,
  stream?: Uint8Array,
): Buffer {
  const { ciphertext, nonce } = authenticated(key, sealed, enciphered);
  const plain = scratch?.take(ciphertext.length) ?? Buffer.allocUnsafeSlow(ciphertext.length);
  if (stream !== undefined && stream.length >= ciphertext.length) applyStream(stream, ciphertext, plain, 0);
  else if (!transformSmall(key.encrypt, nonce, ciphertext, plain, 0))
    transform(createDecipheriv('aes-256-ctr', key.encrypt, nonce), ciphertext, plain, 0);
  return plain;
}

/** As `open`, for who looks at the plain bytes only once: each piece is gone when `look` has returned. */
export function openPassing(
  key: MasterKey,
  sealed: Uint8Array,
  look: (piece: Buffer) => void,
  enciphered?: Uint8Array,
): void {
  const { ciphertext, nonce } = authenticated(key, sealed, enciphered);
  const cipher = createDecipheriv('aes-256-ctr', key.encrypt, nonce);
  for (let start = 0; start < ciphertext.length; start += PIECE) {
    const piece = cipher.update(ciphertext.subarray(start, start + PIECE));
    look(piece);
    giveBack(piece);
  }
}

/** As `open`, for objects that are not wanted whole: the function gives the next bytes, none at the end. */
export function openInPieces(key: MasterKey, sealed: Uint8Array): (length: number) => Buffer {
  const { ciphertext, nonce } = authenticated(key, sealed);
  const cipher = createDecipheriv('aes-256-ctr', key.encrypt, nonce);
  let at = 0;
  return (length) => {
    const from = ciphertext.subarray(at, at + length);
    const plain = Buffer.allocUnsafeSlow(from.length);
    transform(cipher, from, plain, 0);
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
    transform(this.#cipher, plain, this.#grow(plain.length), 0);
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
  readonly ciphertext: Buffer;
  readonly nonce: Uint8Array;
}

function authenticated(key: MasterKey, sealed: Uint8Array, enciphered?: Uint8Array): Authenticated {
  if (sealed.length < SEAL_OVERHEAD) {
    throw new FormatError(`an encrypted object of ${sealed.length} bytes is too short`);
  }
  const nonce = sealed.subarray(0, NONCE);
  if (isZero(nonce)) throw new FormatError('the nonce is all zero');
  const { buffer, byteOffset, length } = sealed;
  const ciphertext = Buffer.from(buffer, byteOffset + NONCE, length - SEAL_OVERHEAD);
  const tag = Buffer.from(buffer, byteOffset + length - TAG, TAG);
  if (!isPoly1305(tag, ciphertext, oneTimeKey(key, nonce, enciphered))) throw new UnauthenticatedError();
  return { ciphertext, nonce };
}

function transform(cipher: Pick<Cipheriv, 'update'>, from: Uint8Array, to: Uint8Array, at: number): void {
  for (let start = 0; start < from.length; start += PIECE) {
    const piece = cipher.update(from.subarray(start, start + PIECE));
    to.set(piece, at + start);
    giveBack(piece);
  }
}

/** The memory of what a cipher returned, if it is a memory of its own. */
function giveBack(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength && piece.buffer instanceof ArrayBuffer)
    piece.buffer.transfer(0);
}
