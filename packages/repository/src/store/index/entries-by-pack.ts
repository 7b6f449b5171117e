/** The stored entries of a table of blobs, sorted by pack: four bytes for each entry and pack, in shared memory. */
import type { PackedBlob } from '../../format/pack-header.ts';
import { BitSet } from './bit-set.ts';
import type { BlobTable } from './blob-table.ts';

/** What another thread needs to have the same. */
export interface SharedEntries {
  readonly starts: Uint32Array;
  readonly entries: Uint32Array;
}

const sharedWords = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * length));

export class EntriesByPack {
  /** What the entries are of. */
  readonly table: BlobTable;
  readonly #starts: Uint32Array;
  readonly #entries: Uint32Array;
  readonly #sorted = new BitSet();

  constructor(table: BlobTable, shared?: SharedEntries) {
    this.table = table;
    if (shared !== undefined) {
      this.#starts = shared.starts;
      this.#entries = shared.entries;
      return;
    }
    const packs = table.packCount;
    this.#starts = sharedWords(packs + 1);
    let stored = 0;
    for (let entry = 0; entry < table.entryCount; entry++) {
      if (!table.isStored(entry)) continue;
      const next = table.packAt(entry) + 1;
      this.#starts[next] = (this.#starts[next] ?? 0) + 1;
      stored++;
    }
    for (let pack = 0; pack < packs; pack++) {
      this.#starts[pack + 1] = (this.#starts[pack + 1] ?? 0) + (this.#starts[pack] ?? 0);
    }
    this.#entries = sharedWords(stored);
    const at = this.#starts.slice();
    for (let entry = 0; entry < table.entryCount; entry++) {
      if (!table.isStored(entry)) continue;
      const pack = table.packAt(entry);
      const position = at[pack] ?? 0;
      this.#entries[position] = entry;
      at[pack] = position + 1;
    }
  }

  /** Packs are sorted where they are: only one thread may ask for those of a pack. */
  share(): SharedEntries {
    return { starts: this.#starts, entries: this.#entries };
  }

  /** Numbers of entries, in the order in which they were entered. Of a pack that got its number afterwards there are none. */
  entriesOf(pack: number): Uint32Array {
    const end = this.#starts[pack + 1] ?? 0;
    return this.#entries.subarray(Math.min(this.#starts[pack] ?? 0, end), end);
  }

  /** As `entriesOf`, by offset: sorted at the first call. */
  sortedEntriesOf(pack: number): Uint32Array {
    const entries = this.entriesOf(pack);
    if (!this.#sorted.add(pack)) return entries;
    const offsetAt = (entry: number): number => this.table.offsetAt(entry);
    // Index files list blobs in their order, so that there is hardly ever anything to sort.
    let last = -1;
    for (const entry of entries) {
      const offset = offsetAt(entry);
      if (offset < last) return entries.sort((a, b) => offsetAt(a) - offsetAt(b));
      last = offset;
    }
    return entries;
  }

  /** Whether the index says the same of a blob as this. */
  isAt(entry: number, blob: PackedBlob): boolean {
    return this.table.isAt(entry, blob);
  }

  blobAt(entry: number): IndexedBlob {
    const { type, offset, length, uncompressedLength } = this.table.locationAt(entry);
    return { entry, type, id: this.table.idAt(entry), offset, length, uncompressedLength };
  }

  /** What the index says of a pack, by offset. */
  blobsOf(pack: number): IndexedBlob[] {
    return Array.from(this.sortedEntriesOf(pack), (entry) => this.blobAt(entry));
  }
}

export interface IndexedBlob extends PackedBlob {
  readonly entry: number;
}
