/** A pack file that a worker makes up, seen from the thread that publishes it. */
import type { FileWriter, Outlet, Storage, StorageOptions } from '@octobox/storage';
import { outletOf } from '@octobox/storage/outlet';
import type { PackedBlobList } from '../../format/packed-blob-list.ts';
import type { FinishedPack } from './pack-writer.ts';

export class LentPack {
  readonly outlet: Outlet;
  readonly #writer: FileWriter;
  /** The last of the appends, which run one after another. */
  #tail: Promise<void> = Promise.resolve();

  private constructor(writer: FileWriter) {
    this.#writer = writer;
    this.outlet = outletOf(writer);
  }

  static async open(storage: Storage, options?: StorageOptions): Promise<LentPack> {
    return new LentPack(await storage.writer('data', options));
  }

  /** Bytes of an outlet that has no file. They must not change until the promise settles. */
  append(bytes: Uint8Array): Promise<void> {
    this.#tail = this.#tail.then(() => this.outlet.append(bytes));
    this.#tail.catch(() => {});
    return this.#tail;
  }

  /** Publishes what the worker made; it is durable when this resolves. */
  async commit(id: Buffer, blobs: PackedBlobList): Promise<FinishedPack> {
    await this.#tail;
    await this.#writer.commit(id.toString('hex'));
    return { id, blobs };
  }

  /** Only when no worker writes into it any more. Never rejects. */
  async abort(): Promise<void> {
    await this.#tail.catch(() => {});
    await this.#writer.abort();
  }
}
