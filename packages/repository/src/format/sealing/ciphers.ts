/** The ciphers of a thread: OpenSSL's own functions where they can be called, else what Node and libsodium make of them. */
import type { Ciphers } from './cipher-set.ts';
import { slowCiphers } from './node-ciphers.ts';
import { opensslCiphers } from './openssl-ciphers.ts';

let chosen: Ciphers | undefined;

export function ciphers(): Ciphers {
  chosen ??= opensslCiphers() ?? slowCiphers();
  return chosen;
}
