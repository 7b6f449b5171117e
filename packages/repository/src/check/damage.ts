/** Which blobs cannot be had, as far as a check knows by now. */
import type { BlobType } from '../format/blob.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';

export class Damage {
  readonly #table: BlobTable;
  readonly #bad: BitSet;
  /** True once anything at all is lost or damaged. */
  found = false;

  constructor(table: BlobTable) {
    this.#table = table;
    this.#bad = new BitSet(table.entryCount);
  }

  /** This copy of a blob cannot be read. */
  markEntry(entry: number): void {
    this.found = true;
    this.#bad.add(entry);
  }

  /** No copy of the blob can be read, or there is none. */
  markBlob(type: BlobType, id: Buffer): void {
    this.found = true;
    for (const entry of this.#table.entriesOf(type, id)) this.#bad.add(entry);
  }

  /** Whether no good copy of the blob is left. */
  isLost(type: BlobType, id: Buffer): boolean {
    return this.#table.entriesOf(type, id).every((entry) => this.#bad.has(entry));
  }
}
