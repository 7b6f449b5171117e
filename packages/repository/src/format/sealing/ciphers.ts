/** The ciphers of a thread: OpenSSL's own functions where they can be called, else what Node and libsodium make of them. */
import { slowCiphers } from './node-ciphers.ts';
import { opensslCiphers } from './openssl-ciphers.ts';

/** `to` has the length of `from`, or more; keys, nonces and tags are of the right lengths. */
export interface Ciphers {
  /** AES-256-CTR: encrypts, or decrypts. */
  ctr(key: Uint8Array, nonce: Uint8Array, from: Uint8Array, to: Uint8Array): void;
  /** AES-128 of one block of 16 bytes. */
  block(key: Uint8Array, from: Uint8Array, to: Uint8Array): void;
  /** Writes the 16 bytes of the tag. The key has 32 bytes, for one message only. */
  poly1305(tag: Uint8Array, message: Uint8Array, key: Uint8Array): void;
}

let chosen: Ciphers | undefined;

export function ciphers(): Ciphers {
  chosen ??= opensslCiphers() ?? slowCiphers();
  return chosen;
}
