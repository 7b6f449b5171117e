/** One pack file under construction: blobs go straight to the storage, only their list is kept. */
import type { FileWriter, Storage, StorageOptions } from '@octobox/storage';
import type { BlobType, SealedBlob } from '../../format/blob.ts';
import type { PackedBlobs } from '../../format/packed-blob-list.ts';
import type { MasterKey } from '../../format/sealing/crypto.ts';
import { PackDraft } from './pack-draft.ts';

export interface FinishedPack {
  /** 32 bytes; the file's name is its hex form */
  readonly id: Buffer;
  readonly blobs: PackedBlobs;
}

export class PackWriter {
  readonly #writer: FileWriter;
  readonly #draft: PackDraft;

  private constructor(keys: MasterKey, writer: FileWriter) {
    this.#draft = new PackDraft(keys);
    this.#writer = writer;
  }

  static async open(storage: Storage, keys: MasterKey, options?: StorageOptions): Promise<PackWriter> {
    return new PackWriter(keys, await storage.writer('data', options));
  }

  get blobs(): PackedBlobs {
    return this.#draft.blobs;
  }

  isFull(target: number): boolean {
    return this.#draft.isFull(target);
  }

  async add(type: BlobType, id: Buffer, blob: SealedBlob): Promise<void> {
    const { sealed, uncompressedLength } = blob;
    this.#draft.add({ type, id, length: sealed.length, uncompressedLength });
    this.#draft.hash(sealed);
    await this.#writer.append(sealed);
  }

  /** Writes the header and publishes the file; it is durable when this resolves. */
  async commit(): Promise<FinishedPack> {
    const { end, id } = this.#draft.finish();
    await this.#writer.append(end);
    await this.#writer.commit(id.toString('hex'));
    return { id, blobs: this.#draft.blobs };
  }

  abort(): Promise<void> {
    return this.#writer.abort();
  }
}
