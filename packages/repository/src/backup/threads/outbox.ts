/** Gathers sealed blobs for the main thread, so that a thousand tiny ones do not cost a thousand messages. */
import type { BlobType, SealedBlob } from '../../format/blob.ts';
import { PackedBlobList } from '../../format/packed-blob-list.ts';
import type { SealedBlobsMessage } from './worker-messages.ts';

const GATHERED = 256 * 1024;

export class Outbox {
  readonly #post: (blobs: SealedBlobsMessage) => void;
  readonly #gathered = Buffer.allocUnsafeSlow(GATHERED);
  #pending = 0;
  #blobs = new PackedBlobList();

  constructor(post: (blobs: SealedBlobsMessage) => void) {
    this.#post = post;
  }

  /** Takes a blob; its bytes may change afterwards. */
  add(type: BlobType, id: Buffer, { sealed, uncompressedLength }: SealedBlob): void {
    if (this.#pending + sealed.length > GATHERED) this.drain();
    this.#blobs.add({ type, id, length: sealed.length, uncompressedLength });
    if (sealed.length > GATHERED) this.#send(sealed);
    else this.#pending += sealed.copy(this.#gathered, this.#pending);
  }

  /** Leaves nothing here. */
  drain(): void {
    if (this.#blobs.length > 0) this.#send(this.#gathered.subarray(0, this.#pending));
  }

  #send(sealed: Buffer): void {
    this.#post({ kind: 'sealed', blobs: this.#blobs.entries, sealed: Uint8Array.from(sealed) });
    this.#blobs = new PackedBlobList();
    this.#pending = 0;
  }
}
