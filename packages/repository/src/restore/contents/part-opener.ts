/** Opens the blobs of a part of a pack. */
import { lookIntoBlob } from '../../format/blob.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';

const ID = 32;

export interface BlobsOfPart {
  /** 32 bytes for each blob. */
  readonly ids: Uint8Array;
  /** Four numbers for each blob: where it begins in the part, its length, that of the plain blob when it is compressed or 0, and another one. */
  readonly blobs: Uint32Array;
}

export class PartOpener {
  readonly #keys: MasterKey;
  readonly #part: BlobsOfPart;
  readonly #bytes: Uint8Array;

  constructor(keys: MasterKey, part: BlobsOfPart, bytes: Uint8Array) {
    this.#keys = keys;
    this.#part = part;
    this.#bytes = bytes;
  }

  /** The plain bytes, verified, until this thread works on another blob. Throws as `openBlob`. */
  open(number: number): Buffer {
    const { ids, blobs } = this.#part;
    const start = blobs[number * 4] as number;
    return lookIntoBlob(
      this.#keys,
      ids.subarray(number * ID, (number + 1) * ID),
      this.#bytes.subarray(start, start + (blobs[number * 4 + 1] as number)),
      blobs[number * 4 + 2] as number,
    );
  }
}
