/**
 * Index files of packs that were just written. All blobs of a pack stand in one file (a pack split over two is
 * damage since restic 0.19); a file is written at 50,000 blobs or after ten minutes, whichever comes first, so
 * that an interrupted backup loses little.
 */

import { release } from '@octobox/storage/release';
import { encodeIndex, type IndexedPack } from '../../format/index-file.ts';

const MAX_BLOBS = 50_000;
const MAX_AGE_MS = 10 * 60 * 1000;

export class IndexWriter {
  readonly #write: (json: Buffer) => Promise<void>;
  #packs: IndexedPack[] = [];
  #blobs = 0;
  #since = 0;
  /** The last write: one document of megabytes in memory at a time. */
  #tail: Promise<void> = Promise.resolve();

  /** `write` stores one index document, durably, and keeps no hold of its bytes. */
  constructor(write: (json: Buffer) => Promise<void>) {
    this.#write = write;
  }

  /** Takes a pack that is durable. */
  async add(pack: IndexedPack): Promise<void> {
    if (this.#packs.length === 0) this.#since = Date.now();
    this.#packs.push(pack);
    this.#blobs += pack.blobs.length;
    if (this.#blobs >= MAX_BLOBS || Date.now() - this.#since >= MAX_AGE_MS) await this.flush();
  }

  /** Writes what was taken since the last file, if anything. */
  async flush(): Promise<void> {
    if (this.#packs.length === 0) return;
    const packs = this.#packs;
    this.#packs = [];
    this.#blobs = 0;
    const done = this.#tail.then(() => this.#writeDocument(packs));
    this.#tail = done.catch(() => {});
    await done;
  }

  async #writeDocument(packs: readonly IndexedPack[]): Promise<void> {
    const pieces = [...encodeIndex(packs)];
    const json = Buffer.concat(pieces);
    for (const piece of pieces) release(piece);
    await this.#write(json);
    release(json);
  }
}
