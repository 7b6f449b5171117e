/**
 * AES-256-CTR of small objects without a cipher object for each, which costs more than the encryption itself: the
 * counter blocks (NIST SP 800-38A, 6.5) go through one lasting AES-256-ECB object, and what comes out is the key stream.
 */
import { type Cipheriv, createCipheriv } from 'node:crypto';

const BLOCK = 16;
/** From this size on a cipher object of its own is as fast. */
export const LARGEST_SMALL = 4096;

const counters = Buffer.allocUnsafeSlow(LARGEST_SMALL);
const counterWords = new Uint32Array(counters.buffer);
const stream = new Uint8Array(LARGEST_SMALL);
const streamWords = new Uint32Array(stream.buffer);
const work = new Uint8Array(LARGEST_SMALL);
const workWords = new Uint32Array(work.buffer);

const ciphers = new WeakMap<Uint8Array, Cipheriv>();

function cipherOf(key: Uint8Array): Cipheriv {
  let cipher = ciphers.get(key);
  if (cipher === undefined) {
    cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    ciphers.set(key, cipher);
  }
  return cipher;
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const swapped = (word: number): number =>
  isLittleEndian
    ? ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0
    : word;

/** Writes as many counter blocks as there is room for, from `first` on, the last word of the nonce. */
function writeCounters(words: Uint32Array, nonce: Uint32Array, first: number): void {
  const [a = 0, b = 0, c = 0] = nonce;
  for (let word = 0, count = first; word < words.length; word += 4, count++) {
    words[word] = a;
    words[word + 1] = b;
    words[word + 2] = c;
    words[word + 3] = swapped(count);
  }
}

/**
 * The key streams of many small objects, made in one call: it costs as much as enciphering ten kilobytes. One that is
 * not small, or whose counter would overflow, has none.
 */
export class SmallStreams {
  readonly #counters: Buffer;
  readonly #nonce = new Uint32Array(4);
  readonly #nonceBytes = new Uint8Array(this.#nonce.buffer);
  readonly #ends: number[] = [];
  #made = new Uint8Array(0);
  #length = 0;

  /** `room`: bytes of all streams together. */
  constructor(room: number) {
    this.#counters = Buffer.allocUnsafeSlow(room);
  }

  /** Whether a stream of so many bytes fits in behind those that were added. */
  hasRoom(length: number): boolean {
    return this.#length + length + BLOCK <= this.#counters.length;
  }

  /** Wants the stream of a nonce, `length` bytes or some more. */
  add(nonce: Uint8Array, length: number): void {
    const blocks = Math.ceil(length / BLOCK);
    this.#nonceBytes.set(nonce);
    const first = swapped(this.#nonce[3] ?? 0);
    if (length <= LARGEST_SMALL && first + blocks <= 0xffffffff) {
      const { buffer } = this.#counters;
      writeCounters(new Uint32Array(buffer, this.#length, blocks * 4), this.#nonce, first);
      this.#length += blocks * BLOCK;
    }
    this.#ends.push(this.#length);
  }

  /** Makes the streams of all that were added. */
  make(key: Uint8Array): void {
    this.#made = cipherOf(key).update(this.#counters.subarray(0, this.#length));
  }

  /** The stream of what was added as number `at`. */
  of(at: number): Uint8Array {
    return this.#made.subarray(this.#ends[at - 1] ?? 0, this.#ends[at]);
  }

  clear(): void {
    this.#ends.length = 0;
    this.#length = 0;
  }
}

/** Encrypts, or decrypts, with a key stream that is long enough. */
export function applyStream(stream: Uint8Array, from: Uint8Array, to: Uint8Array, at: number): void {
  for (let byte = 0; byte < from.length; byte++) to[at + byte] = (from[byte] ?? 0) ^ (stream[byte] ?? 0);
}

/**
 * Encrypts, or decrypts, `from` into `to` at `at`. False, and nothing written, for what is not small and for the rare
 * nonce whose last word would overflow.
 */
export function transformSmall(
  key: Uint8Array,
  nonce: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
  at: number,
): boolean {
  const { length } = from;
  const blocks = Math.ceil(length / BLOCK);
  if (length > LARGEST_SMALL || length === 0) return length === 0;
  counters.set(nonce);
  const first = swapped(counterWords[3] ?? 0);
  if (first + blocks > 0xffffffff) return false;
  writeCounters(counterWords.subarray(0, blocks * 4), counterWords, first);
  stream.set(cipherOf(key).update(counters.subarray(0, blocks * BLOCK)));
  work.set(from);
  for (let word = 0, words = blocks * 4; word < words; word++)
    workWords[word] = (workWords[word] ?? 0) ^ (streamWords[word] ?? 0);
  to.set(work.subarray(0, length), at);
  return true;
}
