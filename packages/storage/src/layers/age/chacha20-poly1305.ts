/**
 * ChaCha20-Poly1305 of RFC 8439: by Node's OpenSSL, called directly, and where that cannot be by libsodium, which takes
 * twice as long.
 */
import type { Aead } from './aead.ts';
import { libsodium } from './libsodium-aead.ts';
import { openssl } from './openssl-aead.ts';

let chosen: Aead | undefined;

/** That of this thread. */
export function chacha20Poly1305(): Aead {
  chosen ??= openssl() ?? libsodium;
  return chosen;
}
