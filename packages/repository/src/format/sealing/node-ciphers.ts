/** Ciphers for where OpenSSL's functions cannot be called: a cipher object for each message, and libsodium's Poly1305. */
import { type Cipheriv, createCipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Ciphers } from './cipher-set.ts';

/** The cipher allocates what it returns: pieces keep that garbage small, and of a size that is not mapped each time. */
const PIECE = 64 * 1024;

export function slowCiphers(): Ciphers {
  const sodium = createRequire(import.meta.url)('sodium-native') as typeof import('sodium-native');
  return {
    ctr(key, nonce, from, to) {
      transform(createCipheriv('aes-256-ctr', key, nonce), from, to);
    },
    block(key, from, to) {
      to.set(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(from));
    },
    poly1305(tag, message, key) {
      sodium.crypto_onetimeauth(asBuffer(tag), asBuffer(message), asBuffer(key));
    },
  };
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function transform(cipher: Pick<Cipheriv, 'update'>, from: Uint8Array, to: Uint8Array): void {
  for (let start = 0; start < from.length; start += PIECE) {
    const piece = cipher.update(from.subarray(start, start + PIECE));
    to.set(piece, start);
    giveBack(piece);
  }
}

/** The memory of what a cipher returned, if it is a memory of its own. */
function giveBack(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength && piece.buffer instanceof ArrayBuffer)
    piece.buffer.transfer(0);
}
