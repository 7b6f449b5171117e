/**
 * How much of each pack is used. Of several copies of a used blob exactly one counts as used: preferably one
 * in a pack that is used anyway, or in a pack that holds only such copies, as an interrupted prune leaves it.
 */
import { entryLength, headerLength } from '../format/pack-header.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobTable } from '../store/index/blob-table.ts';

/** What the blobs of a pack are; `mixed` holds trees and data, which format version 2 forbids. */
export type PackKind = 'data' | 'tree' | 'mixed';

const kinds = [undefined, 'data', 'tree', 'mixed'] as const;
const kindBits = { data: 1, tree: 2 } as const;

/** Sums for each pack, by its number in the table of blobs. */
export class PackUsage {
  readonly packCount: number;
  readonly usedBlobs: Uint32Array;
  readonly unusedBlobs: Uint32Array;
  /** bytes as stored, without the pack's header */
  readonly usedBytes: Float64Array;
  readonly unusedBytes: Float64Array;
  readonly headerBytes: Uint32Array;
  readonly #kinds: Uint8Array;
  readonly #uncompressed: BitSet;
  readonly table: BlobTable;
  /** The entry of each used blob that counts as used. */
  readonly usedEntries: BitSet;
  /** The ids of all blobs that nothing uses, added bit by bit without carry: the same for the same blobs. */
  readonly unusedSum = new Uint8Array(32);
  /** Totals of copies beyond the first of used blobs. */
  duplicateBlobs = 0;
  duplicateBytes = 0;

  /**
   * @param used the first entry (`entriesOf(…)[0]`) of every used blob
   * @param isPresent whether the pack with that name exists: a copy elsewhere is no use
   */
  constructor(table: BlobTable, used: BitSet, isPresent: (name: string) => boolean) {
    this.table = table;
    this.packCount = table.packCount;
    this.usedBlobs = new Uint32Array(this.packCount);
    this.unusedBlobs = new Uint32Array(this.packCount);
    this.usedBytes = new Float64Array(this.packCount);
    this.unusedBytes = new Float64Array(this.packCount);
    this.headerBytes = new Uint32Array(this.packCount).fill(headerLength([]));
    this.#kinds = new Uint8Array(this.packCount);
    this.#uncompressed = new BitSet(this.packCount);
    this.usedEntries = new BitSet(table.entryCount);
    const copies = this.#count(used);
    if (copies.length > 0) this.#choose(copies, isPresent);
  }

  /** Undefined for a pack that no index gives any blob. */
  kindOf(pack: number): PackKind | undefined {
    return kinds[this.#kinds[pack] ?? 0];
  }

  hasUncompressed(pack: number): boolean {
    return this.#uncompressed.has(pack);
  }

  /** What the file's size must be, in bytes. */
  sizeOf(pack: number): number {
    return (this.usedBytes[pack] ?? 0) + (this.unusedBytes[pack] ?? 0) + (this.headerBytes[pack] ?? 0);
  }

  /** Enters every blob that has one copy, and collects the used blobs that have several. */
  #count(used: BitSet): number[][] {
    const { table } = this;
    const several: number[][] = [];
    // Looking a blob up costs more than all the rest.
    const isAnyUsed = !used.isEmpty;
    for (let entry = 0, count = table.entryCount; entry < count; entry++) {
      if (!table.isStored(entry)) continue;
      const [type, length] = [table.typeAt(entry), table.lengthAt(entry)];
      const uncompressedLength = table.uncompressedLengthAt(entry);
      const pack = table.packAt(entry);
      this.#kinds[pack] = (this.#kinds[pack] ?? 0) | kindBits[type];
      this.headerBytes[pack] = (this.headerBytes[pack] ?? 0) + entryLength(uncompressedLength);
      if (uncompressedLength === 0) this.#uncompressed.add(pack);

      const copies = isAnyUsed ? table.entriesOf(type, table.idAt(entry)) : [];
      const isUsed = isAnyUsed && used.has(copies[0] ?? entry);
      if (!isUsed) {
        this.#addUnused(pack, length);
        if ((copies[0] ?? entry) === entry) this.#addToSum(table.idAt(entry));
      }
      if (isUsed && copies.length === 1) this.#addUsed(entry, pack, length);
      else if (isUsed && copies[0] === entry) several.push(copies);
    }
    return several;
  }

  #choose(several: readonly (readonly number[])[], isPresent: (name: string) => boolean): void {
    const present = new BitSet(this.packCount);
    for (let pack = 0; pack < this.packCount; pack++) {
      if (isPresent(this.table.packName(pack))) present.add(pack);
    }
    for (const copies of several) {
      const packOf = (entry: number): number => this.table.packAt(entry);
      const sound = copies.filter((entry) => present.has(packOf(entry)));
      const chosen =
        sound.find((entry) => (this.usedBlobs[packOf(entry)] ?? 0) > 0) ??
        sound.find((entry) => (this.unusedBlobs[packOf(entry)] ?? 0) === 0) ??
        sound[0] ??
        (copies[0] as number);
      for (const entry of copies) {
        const pack = packOf(entry);
        const { length } = this.table.locationAt(entry);
        if (entry === chosen) {
          this.#addUsed(entry, pack, length);
        } else {
          this.#addUnused(pack, length);
          this.duplicateBlobs++;
          this.duplicateBytes += length;
        }
      }
    }
  }

  #addToSum(id: Uint8Array): void {
    for (let at = 0; at < id.length; at++) this.unusedSum[at] = (this.unusedSum[at] ?? 0) ^ (id[at] ?? 0);
  }

  #addUsed(entry: number, pack: number, length: number): void {
    this.usedEntries.add(entry);
    this.usedBlobs[pack] = (this.usedBlobs[pack] ?? 0) + 1;
    this.usedBytes[pack] = (this.usedBytes[pack] ?? 0) + length;
  }

  #addUnused(pack: number, length: number): void {
    this.unusedBlobs[pack] = (this.unusedBlobs[pack] ?? 0) + 1;
    this.unusedBytes[pack] = (this.unusedBytes[pack] ?? 0) + length;
  }
}
