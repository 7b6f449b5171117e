/** ChaCha20-Poly1305 of RFC 8439, without associated data. */
export interface Aead {
  /** `sealed` is 16 bytes longer than `plain`: the ciphertext, then its tag. */
  seal(sealed: Buffer, plain: Buffer, nonce: Buffer, key: Buffer): void;
  /** False when it is not authentic; `plain` is then not to be used. */
  open(plain: Buffer, sealed: Buffer, nonce: Buffer, key: Buffer): boolean;
}
