/**
 * Opens the blobs of a part of a pack one behind another. The ciphers are called once for many of them: for each small
 * blob alone, the calls cost more than the rest of its opening.
 */
import { lookIntoBlob } from '../../format/blob.ts';
import { encipherNonces, type MasterKey, NONCE, SEAL_OVERHEAD } from '../../format/sealing/crypto.ts';
import { LARGEST_SMALL, SmallStreams } from '../../format/sealing/small-ctr.ts';

const MANY = 256;
const ID = 32;

/** Of this thread, which does one job at a time. */
const streams = new SmallStreams(32 * 1024);
const nonces = Buffer.allocUnsafeSlow(MANY * NONCE);

export interface BlobsOfPart {
  /** 32 bytes for each blob. */
  readonly ids: Uint8Array;
  /** Four numbers for each blob: where it begins in the part, its length, that of the plain blob when it is compressed or 0, and another one. */
  readonly blobs: Uint32Array;
}

/** One at a time in a thread. */
export class PartOpener {
  readonly #keys: MasterKey;
  readonly #part: BlobsOfPart;
  readonly #bytes: Uint8Array;
  readonly #count: number;
  /** Those from the first up to the end are ready to be opened. */
  #first = 0;
  #end = 0;
  #enciphered: Uint8Array = nonces;

  constructor(keys: MasterKey, part: BlobsOfPart, bytes: Uint8Array) {
    this.#keys = keys;
    this.#part = part;
    this.#bytes = bytes;
    this.#count = part.blobs.length / 4;
  }

  /** The plain bytes, verified, until the next call, which must be for a later blob. Throws as `openBlob`. */
  open(number: number): Buffer {
    if (number >= this.#end) this.#makeReady(number);
    const { ids, blobs } = this.#part;
    const nonce = (number - this.#first) * NONCE;
    return lookIntoBlob(
      this.#keys,
      ids.subarray(number * ID, (number + 1) * ID),
      this.#sealed(number),
      blobs[number * 4 + 2] as number,
      this.#enciphered.subarray(nonce, nonce + NONCE),
      streams.of(number - this.#first),
    );
  }

  #sealed(number: number): Uint8Array {
    const { blobs } = this.#part;
    const start = blobs[number * 4] as number;
    return this.#bytes.subarray(start, start + (blobs[number * 4 + 1] as number));
  }

  #makeReady(first: number): void {
    this.#first = first;
    streams.clear();
    let end = first;
    for (; end < this.#count && end - first < MANY; end++) {
      const length = Math.max(0, (this.#part.blobs[end * 4 + 1] as number) - SEAL_OVERHEAD);
      if (length <= LARGEST_SMALL && !streams.hasRoom(length)) break;
      // One that ends too soon is told to be damaged when it is opened.
      const nonce = this.#sealed(end).subarray(0, NONCE);
      nonces.set(nonce, (end - first) * NONCE);
      streams.add(nonce, length);
    }
    this.#end = end;
    streams.make(this.#keys.encrypt);
    this.#enciphered = encipherNonces(this.#keys, nonces.subarray(0, (end - first) * NONCE));
  }
}
