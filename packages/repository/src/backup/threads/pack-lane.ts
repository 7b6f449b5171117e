/**
 * A pack under construction in a worker, with everything that its bytes need: hash, layers, and writing them into the
 * file that was lent for it, not before every blob was opened again and found to be what it was. The main thread gets nothing but the list of its blobs when it is finished.
 *
 * Without a file for the first half mebibyte, so that a backup of little does not leave a small pack of each worker:
 * what is left over at the end goes to the main thread, which gathers it.
 */
import { SealedStream } from '@octobox/storage/sealing';
import { type SealedBlob, verifySealed } from '../../format/blob.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import { PackDraft } from '../../store/packs/pack-draft.ts';
import type { PackFile, PackFiles } from './pack-files.ts';
import { ownCopy, type SealedBlobsMessage } from './worker-messages.ts';

/** Hashed and handed on at once. */
const GATHERED = 512 * 1024;

export interface PackLaneOptions {
  readonly keys: MasterKey;
  readonly packSize: number;
  readonly files: PackFiles;
  readonly leaveOver: (blobs: SealedBlobsMessage) => void;
}

export class PackLane {
  readonly #options: PackLaneOptions;
  readonly #gathered = Buffer.allocUnsafeSlow(GATHERED);
  #pending = 0;
  #draft: PackDraft;
  #file: { readonly file: PackFile; readonly stream: SealedStream } | undefined;

  constructor(options: PackLaneOptions) {
    this.#options = options;
    this.#draft = new PackDraft(options.keys);
  }

  /** Takes a blob; its bytes may change afterwards. */
  add(id: Buffer, blob: SealedBlob): void {
    const { keys, packSize, files } = this.#options;
    const { sealed, uncompressedLength } = blob;
    verifySealed(keys, id, blob);
    if (this.#pending + sealed.length > GATHERED) this.#handOn();
    this.#draft.add({ type: 'data', id, length: sealed.length, uncompressedLength });
    if (sealed.length > GATHERED) this.#write(sealed);
    else {
      this.#gathered.set(sealed, this.#pending);
      this.#pending += sealed.length;
    }
    if (this.#draft.isFull(packSize)) this.#finish();
    // The next file is there when it is needed.
    else if (this.#file !== undefined && this.#draft.size > packSize / 2) files.askAhead();
  }

  /** Leaves nothing here. */
  drain(): void {
    const { length } = this.#draft.blobs;
    if (length === 0) return;
    if (this.#file !== undefined) {
      this.#finish();
      return;
    }
    this.#options.leaveOver({
      kind: 'sealed',
      blobs: this.#draft.blobs.entries,
      sealed: ownCopy(this.#gathered.subarray(0, this.#pending)),
    });
    this.#startAnew();
  }

  #finish(): void {
    this.#handOn();
    const blobs = this.#draft.blobs.entries;
    const { end, id } = this.#draft.finish();
    const { file, stream } = this.#open();
    stream.append(end);
    stream.end();
    file.finish(id, blobs);
    this.#startAnew();
  }

  #startAnew(): void {
    this.#draft = new PackDraft(this.#options.keys);
    this.#file = undefined;
    this.#pending = 0;
  }

  #handOn(): void {
    const pending = this.#pending;
    this.#pending = 0;
    if (pending > 0) this.#write(this.#gathered.subarray(0, pending));
  }

  #write(bytes: Buffer): void {
    this.#draft.hash(bytes);
    this.#open().stream.append(bytes);
  }

  #open(): { readonly file: PackFile; readonly stream: SealedStream } {
    if (this.#file === undefined) {
      const file = this.#options.files.take();
      this.#file = { file, stream: new SealedStream(file.layers, (bytes) => file.write(bytes)) };
    }
    return this.#file;
  }
}
