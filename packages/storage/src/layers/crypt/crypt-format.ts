/**
 * rclone's crypt format (rclone `backend/crypt/cipher.go`; contents only, names stay plain but for `.bin`):
 *
 *   file   = "RCLONE" 0x00 0x00, nonce (24 random bytes), block…
 *   block  = Poly1305 tag (16), XSalsa20 ciphertext (up to 65,536): NaCl's secretbox
 *
 * An empty file has no block. Nothing marks the last block: that a file was cut off between two blocks is found by
 * its length and by what lies within.
 */
import { randomFillSync } from 'node:crypto';
import sodium from 'sodium-native';
import { TAG } from '../block-layout.ts';
import {
  type BlockCipher,
  type BlockSealing,
  HeaderError,
  type LayerFormat,
  type OpenedHeader,
} from '../layer-format.ts';
import { CRYPT_SUFFIX } from '../suffixes.ts';
import { blockNonce, NONCE } from './nonce.ts';

const MAGIC = Buffer.from('RCLONE\0\0', 'latin1');
export const CRYPT_HEADER = MAGIC.length + NONCE;

/** Writes with the first key; reads with any of them. */
export function cryptFormat(keys: readonly [Buffer, ...Buffer[]]): LayerFormat {
  const proven = { key: undefined as Buffer | undefined };
  return {
    name: 'crypt',
    suffix: CRYPT_SUFFIX,
    headerLength: CRYPT_HEADER,
    longestHeader: CRYPT_HEADER,
    emptyBlock: false,

    begin() {
      const header = Buffer.allocUnsafeSlow(CRYPT_HEADER);
      MAGIC.copy(header);
      randomFillSync(header, MAGIC.length);
      return { layer: 'crypt', header, key: keys[0] };
    },

    open(head): OpenedHeader | undefined {
      if (!head.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, head.length)))
        throw new HeaderError('not-this-layer', 'it does not begin as a file of rclone crypt');
      if (head.length < CRYPT_HEADER) return undefined;
      const nonce = Buffer.from(head.subarray(MAGIC.length, CRYPT_HEADER));
      const cipher = new CryptCipher(nonce, keys, proven);
      return {
        length: CRYPT_HEADER,
        cipher,
        get keyProven() {
          return proven.key !== undefined;
        },
        get opening() {
          const key = cipher.key;
          return key && { layer: 'crypt' as const, headerLength: CRYPT_HEADER, start: nonce, key };
        },
      };
    },
  };
}

/** Seals the blocks of a file that has this header. */
export const cryptSealing = (header: Buffer, key: Buffer): BlockSealing =>
  new CryptCipher(header.subarray(MAGIC.length), [key], { key });

/** Opens the blocks of a file whose header has this nonce. */
export const cryptOpening = (nonce: Buffer, key: Buffer): BlockCipher =>
  new CryptCipher(nonce, [key], { key });

class CryptCipher implements BlockCipher {
  readonly #start: Buffer;
  readonly #nonce = Buffer.alloc(NONCE);
  readonly #proven: { key: Buffer | undefined };
  #keys: readonly Buffer[];

  constructor(start: Buffer, keys: readonly Buffer[], proven: { key: Buffer | undefined }) {
    this.#start = start;
    this.#keys = keys;
    this.#proven = proven;
  }

  /** The only one that it can be. */
  get key(): Buffer | undefined {
    return this.#keys.length === 1 ? this.#keys[0] : undefined;
  }

  seal(sealed: Buffer, plain: Buffer, number: number): void {
    blockNonce(this.#nonce, this.#start, number);
    const [key] = this.#keys;
    if (key === undefined) throw new TypeError('no key');
    sodium.crypto_secretbox_detached(sealed.subarray(TAG), sealed.subarray(0, TAG), plain, this.#nonce, key);
  }

  open(plain: Buffer, sealed: Buffer, number: number): boolean {
    blockNonce(this.#nonce, this.#start, number);
    const tag = sealed.subarray(0, TAG);
    const ciphertext = sealed.subarray(TAG);
    for (const key of this.#keys) {
      if (!sodium.crypto_secretbox_open_detached(plain, ciphertext, tag, this.#nonce, key)) continue;
      // All blocks of a file are sealed with one key.
      if (this.#keys.length > 1) this.#keys = [key];
      this.#proven.key ??= key;
      return true;
    }
    return false;
  }
}
