/**
 * The payload of an age file (C2SP `age.md`, "Payload"), the STREAM construction: a nonce of 16 bytes, then chunks
 * of 64 KiB, each ChaCha20-Poly1305 under HKDF-SHA-256(file key, nonce, "payload"). The nonce of a chunk is its
 * number (11 bytes, big-endian) and a byte that is 1 for the last chunk alone. Only the last may be shorter, and
 * only an empty file has an empty one.
 */
import type { BlockCipher } from '../layer-format.ts';
import { chacha20Poly1305 } from './chacha20-poly1305.ts';
import { hkdf } from './header.ts';

export const PAYLOAD_NONCE = 16;

export const payloadKey = (fileKey: Buffer, nonce: Uint8Array): Buffer => hkdf(fileKey, nonce, 'payload');

export class PayloadCipher implements BlockCipher {
  readonly #key: Buffer;
  readonly #nonce = Buffer.alloc(12);

  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(sealed: Buffer, plain: Buffer, number: number, last: boolean): void {
    this.#setNonce(number, last);
    chacha20Poly1305().seal(sealed, plain, this.#nonce, this.#key);
  }

  open(plain: Buffer, sealed: Buffer, number: number, last: boolean): boolean {
    this.#setNonce(number, last);
    return chacha20Poly1305().open(plain, sealed, this.#nonce, this.#key);
  }

  #setNonce(number: number, last: boolean): void {
    // Five of eleven bytes count to 2^56 bytes of file and far beyond; the others stay zero.
    this.#nonce.writeUIntBE(number, 5, 6);
    this.#nonce[11] = last ? 1 : 0;
  }
}
