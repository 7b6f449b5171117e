/** ChaCha20-Poly1305 by libsodium, whose type definitions leave this construction out. */
import sodium from 'sodium-native';
import type { Aead } from './aead.ts';

interface ChaCha20Poly1305 {
  crypto_aead_chacha20poly1305_ietf_encrypt(
    sealed: Buffer,
    plain: Buffer,
    associated: null,
    secretNonce: null,
    nonce: Buffer,
    key: Buffer,
  ): number;
  crypto_aead_chacha20poly1305_ietf_decrypt(
    plain: Buffer,
    secretNonce: null,
    sealed: Buffer,
    associated: null,
    nonce: Buffer,
    key: Buffer,
  ): number;
}

const native = sodium as unknown as ChaCha20Poly1305;

export const libsodium: Aead = {
  seal(sealed, plain, nonce, key) {
    native.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plain, null, null, nonce, key);
  },
  open(plain, sealed, nonce, key) {
    try {
      native.crypto_aead_chacha20poly1305_ietf_decrypt(plain, null, sealed, null, nonce, key);
      return true;
    } catch {
      return false;
    }
  },
};
