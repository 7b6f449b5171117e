/**
 * ChaCha20-Poly1305 of RFC 8439: by Node's OpenSSL, called directly, and where that cannot be by libsodium, which takes
 * twice as long.
 */
import { libsodium } from './libsodium-aead.ts';
import { openssl } from './openssl-aead.ts';

export interface Aead {
  /** `sealed` is 16 bytes longer than `plain`: the ciphertext, then its tag. */
  seal(sealed: Buffer, plain: Buffer, nonce: Buffer, key: Buffer): void;
  /** False when it is not authentic; `plain` is then not to be used. */
  open(plain: Buffer, sealed: Buffer, nonce: Buffer, key: Buffer): boolean;
}

let chosen: Aead | undefined;

/** That of this thread. */
export function chacha20Poly1305(): Aead {
  chosen ??= openssl() ?? libsodium;
  return chosen;
}
