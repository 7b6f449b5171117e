/** The ciphers of restic's format, as OpenSSL and Node offer them. */

/** `to` has the length of `from`, or more; keys, nonces and tags are of the right lengths. */
export interface Ciphers {
  /** AES-256-CTR: encrypts, or decrypts. */
  ctr(key: Uint8Array, nonce: Uint8Array, from: Uint8Array, to: Uint8Array): void;
  /** AES-128 of one block of 16 bytes. */
  block(key: Uint8Array, from: Uint8Array, to: Uint8Array): void;
  /** Writes the 16 bytes of the tag. The key has 32 bytes, for one message only. */
  poly1305(tag: Uint8Array, message: Uint8Array, key: Uint8Array): void;
}
