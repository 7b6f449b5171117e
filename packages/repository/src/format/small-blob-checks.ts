/**
 * Checks of many small sealed blobs, with the ciphers called once for all of them: for each alone, the calls cost more
 * than the rest of its check.
 */
import { lookIntoBlob, type SealedBlob, unlikeSealed } from './blob.ts';
import { encipherNonces, type MasterKey, NONCE, SEAL_OVERHEAD } from './sealing/crypto.ts';
import { LARGEST_SMALL, SmallStreams } from './sealing/small-ctr.ts';

const MANY = 256;
const ROOM = 32 * 1024;
const ID = 32;
const FIELDS = 3;

export const isSmallBlob = ({ sealed }: SealedBlob): boolean =>
  sealed.length <= LARGEST_SMALL + SEAL_OVERHEAD;

export class SmallBlobChecks {
  readonly #keys: MasterKey;
  readonly #memory: Uint8Array;
  readonly #streams = new SmallStreams(ROOM);
  readonly #nonces = Buffer.allocUnsafeSlow(MANY * NONCE);
  readonly #ids = Buffer.allocUnsafeSlow(MANY * ID);
  /** Of each blob: where it lies, its length, and that of its plain bytes. */
  readonly #fields = new Uint32Array(MANY * FIELDS);
  #count = 0;

  /** `memory`: where the sealed blobs lie. */
  constructor(keys: MasterKey, memory: Uint8Array) {
    this.#keys = keys;
    this.#memory = memory;
  }

  /** Takes a small blob that lies at `at`, where it must stay until `run`. Throws as `run`. */
  add(id: Uint8Array, at: number, { sealed, uncompressedLength }: SealedBlob): void {
    if (this.#count === MANY || !this.#streams.hasRoom(sealed.length)) this.run();
    const nonce = this.#memory.subarray(at, at + NONCE);
    this.#nonces.set(nonce, this.#count * NONCE);
    this.#ids.set(id, this.#count * ID);
    const field = this.#count * FIELDS;
    this.#fields[field] = at;
    this.#fields[field + 1] = sealed.length;
    this.#fields[field + 2] = uncompressedLength;
    this.#streams.add(nonce, sealed.length - SEAL_OVERHEAD);
    this.#count++;
  }

  /** Proves all that were added since the last time, as `verifySealed` does one. */
  run(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    const enciphered = encipherNonces(this.#keys, this.#nonces.subarray(0, count * NONCE));
    this.#streams.make(this.#keys.encrypt);
    try {
      for (let number = 0; number < count; number++) this.#check(number, enciphered);
    } catch (cause) {
      throw unlikeSealed(cause);
    }
    this.#streams.clear();
  }

  #check(number: number, enciphered: Buffer): void {
    const field = number * FIELDS;
    const [at = 0, length = 0, plainLength = 0] = this.#fields.subarray(field, field + FIELDS);
    lookIntoBlob(
      this.#keys,
      this.#ids.subarray(number * ID, (number + 1) * ID),
      this.#memory.subarray(at, at + length),
      plainLength,
      enciphered.subarray(number * NONCE, (number + 1) * NONCE),
      this.#streams.of(number),
    );
  }
}
