/**
 * Index files of packs that were just written. All blobs of a pack stand in one file (a pack split over two is
 * damage since restic 0.19); a file is written at 50,000 blobs or after ten minutes, whichever comes first, so
 * that an interrupted backup loses little.
 */
import { encodeIndex, type IndexedPack } from '../format/index-file.ts';

const MAX_BLOBS = 50_000;
const MAX_AGE_MS = 10 * 60 * 1000;

export class IndexWriter {
  readonly #write: (json: Buffer) => Promise<void>;
  #packs: IndexedPack[] = [];
  #blobs = 0;
  #since = 0;

  /** `write` stores one index document, durably. */
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
    await this.#write(Buffer.concat([...encodeIndex(packs)]));
  }
}
