/** ChaCha20-Poly1305 of RFC 8439 by libsodium, whose type definitions leave this construction out. */
import sodium from 'sodium-native';

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

/** `sealed` is 16 bytes longer than `plain`: the ciphertext, then its tag. */
export function seal(sealed: Buffer, plain: Buffer, nonce: Buffer, key: Buffer): void {
  native.crypto_aead_chacha20poly1305_ietf_encrypt(sealed, plain, null, null, nonce, key);
}

/** False when it is not authentic; `plain` is then not to be used. */
export function open(plain: Buffer, sealed: Buffer, nonce: Buffer, key: Buffer): boolean {
  try {
    native.crypto_aead_chacha20poly1305_ietf_decrypt(plain, null, sealed, null, nonce, key);
    return true;
  } catch {
    return false;
  }
}
