/** Gathers sealed blobs in a worker, so that a thousand tiny ones do not cost a thousand messages. */
import type { BlobType } from '../format/blob.ts';
import { ownCopy, type SealedBlobsMessage } from './worker-messages.ts';

const BATCH_BYTES = 256 * 1024;

export class Outbox {
  readonly #post: (blobs: SealedBlobsMessage) => void;
  #type: BlobType = 'data';
  #ids: Buffer[] = [];
  #sealed: Buffer[] = [];
  #uncompressedLengths: number[] = [];
  #bytes = 0;

  constructor(post: (blobs: SealedBlobsMessage) => void) {
    this.#post = post;
  }

  /** `sealed` owns its memory and is not touched afterwards. */
  add(type: BlobType, id: Buffer, sealed: Buffer, uncompressedLength: number): void {
    if (type !== this.#type || this.#bytes + sealed.length > BATCH_BYTES) this.flush();
    this.#type = type;
    this.#ids.push(id);
    this.#sealed.push(sealed);
    this.#uncompressedLengths.push(uncompressedLength);
    this.#bytes += sealed.length;
  }

  flush(): void {
    if (this.#ids.length === 0) return;
    const [first] = this.#sealed;
    const alone = this.#sealed.length === 1 && first !== undefined;
    const blobs: SealedBlobsMessage = {
      kind: 'sealed',
      type: this.#type,
      ids: ownCopy(Buffer.concat(this.#ids)),
      sealed: alone ? first : joined(this.#sealed, this.#bytes),
      lengths: this.#sealed.map(({ length }) => length),
      uncompressedLengths: this.#uncompressedLengths,
    };
    this.#ids = [];
    this.#sealed = [];
    this.#uncompressedLengths = [];
    this.#bytes = 0;
    this.#post(blobs);
  }
}

function joined(parts: readonly Buffer[], length: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole;
}
