/**
 * AES-256-CTR of small objects without a cipher object for each, which costs more than the encryption itself: the
 * counter blocks (NIST SP 800-38A, 6.5) go through one lasting AES-256-ECB object, and what comes out is the key stream.
 */
import { type Cipheriv, createCipheriv } from 'node:crypto';

const BLOCK = 16;
/** From this size on a cipher object of its own is as fast. */
const LARGEST_SMALL = 4096;

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
  const [a = 0, b = 0, c = 0] = counterWords;
  for (let block = 1, word = 4; block < blocks; block++, word += 4) {
    counterWords[word] = a;
    counterWords[word + 1] = b;
    counterWords[word + 2] = c;
    counterWords[word + 3] = swapped(first + block);
  }
  stream.set(cipherOf(key).update(counters.subarray(0, blocks * BLOCK)));
  work.set(from);
  for (let word = 0, words = blocks * 4; word < words; word++)
    workWords[word] = (workWords[word] ?? 0) ^ (streamWords[word] ?? 0);
  to.set(work.subarray(0, length), at);
  return true;
}
