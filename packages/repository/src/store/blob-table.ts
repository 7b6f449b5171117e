/**
 * Which blobs a repository holds and where: one compact table in shared memory, for all threads.
 *
 * Entries lie one behind another, 48 bytes each (id, pack and state, offset, length, plain length). They are
 * found through hash slots of 4 bytes with linear probing. Slots come in segments of doubling size: when one
 * is full the next is used and nothing moves, so no thread ever waits. Both arrays are growable
 * SharedArrayBuffers, so that any thread can grow them and all see it.
 *
 * An entry's life: claimed (some thread will store the blob) → stored (it lies in a pack), or claimed →
 * dropped (nobody will) → claimed again. A slot is published by compare-and-swap after its entry is written,
 * so a reader never sees half an id. Two threads that claim one id at the moment a segment fills may both
 * win: the blob is then stored twice, which the format allows.
 */
import type { BlobType } from '../format/blob.ts';
import { IdList } from './id-list.ts';
import { SharedWords } from './shared-words.ts';

export interface BlobLocation {
  readonly type: BlobType;
  /** name of the pack: 64 hex digits */
  readonly pack: string;
  /** bytes from the start of the pack */
  readonly offset: number;
  /** bytes as stored */
  readonly length: number;
  /** bytes of the plain blob when it is compressed, else 0 */
  readonly uncompressedLength: number;
}

/** What another thread needs to use the same table. */
export interface SharedBlobTable {
  readonly meta: SharedArrayBuffer;
  readonly entries: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly packs: SharedArrayBuffer;
}

const ENTRY = 12;
const [PACK, OFFSET, LENGTH, PLAIN_LENGTH] = [8, 9, 10, 11];
/** Pack words hold `pack number << 1 | type`; the two highest numbers are states. */
const CLAIMED = 0x7fffffff;
const DROPPED = 0x7ffffffe;

const [ENTRIES_USED, SEGMENTS, FIRST_SEGMENT_LOG, SEGMENT_COUNTS] = [0, 1, 2, 3];
const MAX_SEGMENTS = 24;
/** A segment takes new entries until three quarters of its slots are used. */
const FILL = 0.75;
/** How many blobs one run may add to those that were reserved: 32 million. */
const HEADROOM = 2 ** 25;

/** Ids are SHA-256, so any part of one is a good hash. */
const hashOf = (id: Buffer): number => id.readUInt32LE(0);
const typeBit = (type: BlobType): number => (type === 'tree' ? 1 : 0);

export class BlobTable {
  readonly #meta: Int32Array;
  readonly #entries: SharedWords;
  readonly #slots: SharedWords;
  readonly #packs: IdList;
  /** An entry that this thread made and did not publish because another was faster: used next time. */
  #spare = -1;

  private constructor(meta: Int32Array, entries: SharedWords, slots: SharedWords, packs: IdList) {
    this.#meta = meta;
    this.#entries = entries;
    this.#slots = slots;
    this.#packs = packs;
  }

  /** An empty table with room for `expected` blobs in its first segment. */
  static create(expected = 0): BlobTable {
    const log = Math.max(12, Math.ceil(Math.log2((expected + 1) / FILL)));
    const capacity = expected + HEADROOM;
    const meta = new Int32Array(new SharedArrayBuffer((SEGMENT_COUNTS + MAX_SEGMENTS) * 4));
    meta[FIRST_SEGMENT_LOG] = log;
    meta[SEGMENTS] = 1;
    const slots = SharedWords.create(Math.max(capacity, 2 ** log) * 4);
    slots.ensure(2 ** log);
    return new BlobTable(meta, SharedWords.create(capacity * ENTRY), slots, IdList.create());
  }

  /** The same table, in another thread. */
  static attach(shared: SharedBlobTable): BlobTable {
    return new BlobTable(
      new Int32Array(shared.meta),
      new SharedWords(shared.entries),
      new SharedWords(shared.slots),
      new IdList(shared.packs),
    );
  }

  share(): SharedBlobTable {
    return {
      meta: this.#meta.buffer as SharedArrayBuffer,
      entries: this.#entries.buffer,
      slots: this.#slots.buffer,
      packs: this.#packs.buffer,
    };
  }

  /** Entries of every state; their numbers are 0 to this, exclusive, and never change. */
  get entryCount(): number {
    return Atomics.load(this.#meta, ENTRIES_USED);
  }

  /** The number of packs named so far. */
  get packCount(): number {
    return this.#packs.length;
  }

  /** Gives a pack its number; the same pack always has the same one. For the owning thread only. */
  packNumber(id: Uint8Array): number {
    return this.#packs.add(id);
  }

  packName(number: number): string {
    return this.#packs.name(number);
  }

  /** Whether the blob lies in a pack. */
  has(type: BlobType, id: Buffer): boolean {
    return this.#find(type, id, (state) => state < DROPPED) !== -1;
  }

  /** Whether the blob lies in a pack or some thread is about to store it. */
  isKnown(type: BlobType, id: Buffer): boolean {
    return this.#find(type, id, (state) => state !== DROPPED) !== -1;
  }

  /** Every place where the blob lies, the first one entered first. */
  lookup(type: BlobType, id: Buffer): BlobLocation[] {
    return this.entriesOf(type, id).map((entry) => this.locationAt(entry));
  }

  /** The numbers of the stored entries of a blob: small integers to mark in bitmaps. */
  entriesOf(type: BlobType, id: Buffer): number[] {
    const found: number[] = [];
    this.#find(type, id, (state, entry) => {
      if (state < DROPPED) found.push(entry);
      return false;
    });
    return found;
  }

  isStored(entry: number): boolean {
    return this.#state(entry) < DROPPED;
  }

  typeAt(entry: number): BlobType {
    return (this.#entries.load(entry * ENTRY + PACK) & 1) === 1 ? 'tree' : 'data';
  }

  idAt(entry: number): Buffer {
    const id = Buffer.allocUnsafe(32);
    for (let word = 0; word < 8; word++) id.writeUInt32LE(this.#entries.load(entry * ENTRY + word), word * 4);
    return id;
  }

  /** For stored entries only. */
  locationAt(entry: number): BlobLocation {
    const at = entry * ENTRY;
    return {
      type: this.typeAt(entry),
      pack: this.#packs.name(this.#state(entry)),
      offset: this.#entries.load(at + OFFSET),
      length: this.#entries.load(at + LENGTH),
      uncompressedLength: this.#entries.load(at + PLAIN_LENGTH),
    };
  }

  /** The number of the pack of a stored entry. */
  packAt(entry: number): number {
    return this.#state(entry);
  }

  /** Enters a stored blob; the same blob at the same place is entered once. */
  add(type: BlobType, id: Buffer, pack: number, offset: number, length: number, plainLength: number): void {
    const known = this.#find(
      type,
      id,
      (state, entry) => state === pack && this.#entries.load(entry * ENTRY + OFFSET) === offset,
    );
    if (known !== -1) return;
    this.#insert(type, id, () => false, pack, offset, length, plainLength);
  }

  /** True for exactly one caller among all threads, who then must store the blob or `drop` it. */
  claim(type: BlobType, id: Buffer): boolean {
    const alive = (state: number): boolean => state !== DROPPED;
    if (this.#find(type, id, alive) !== -1) return false;
    const dropped = this.#find(type, id, (state) => state === DROPPED);
    if (dropped !== -1) return this.#change(dropped, type, DROPPED, CLAIMED);
    return this.#insert(type, id, alive, CLAIMED, 0, 0, 0);
  }

  /** A claimed blob now lies in a pack. Enters it when nobody claimed it. */
  settle(
    type: BlobType,
    id: Buffer,
    pack: number,
    offset: number,
    length: number,
    plainLength: number,
  ): void {
    const entry = this.#find(type, id, (state) => state === CLAIMED);
    if (entry === -1) {
      this.add(type, id, pack, offset, length, plainLength);
      return;
    }
    const at = entry * ENTRY;
    this.#entries.store(at + OFFSET, offset);
    this.#entries.store(at + LENGTH, length);
    this.#entries.store(at + PLAIN_LENGTH, plainLength);
    this.#change(entry, type, CLAIMED, pack);
  }

  /** A claimed blob will not be stored after all. */
  drop(type: BlobType, id: Buffer): void {
    const entry = this.#find(type, id, (state) => state === CLAIMED);
    if (entry !== -1) this.#change(entry, type, CLAIMED, DROPPED);
  }

  #state(entry: number): number {
    return this.#entries.load(entry * ENTRY + PACK) >>> 1;
  }

  #change(entry: number, type: BlobType, from: number, to: number): boolean {
    const bit = typeBit(type);
    return this.#entries.exchange(entry * ENTRY + PACK, ((from << 1) | bit) >>> 0, ((to << 1) | bit) >>> 0);
  }

  /** The first entry of the blob that `wanted` accepts, -1 when there is none. */
  #find(type: BlobType, id: Buffer, wanted: (state: number, entry: number) => boolean): number {
    const segments = Atomics.load(this.#meta, SEGMENTS);
    for (let segment = 0; segment < segments; segment++) {
      const { start, mask } = this.#segment(segment);
      for (let slot = hashOf(id) & mask; ; slot = (slot + 1) & mask) {
        const entry = this.#slots.load(start + slot) - 1;
        if (entry === -1) break;
        if (this.#is(entry, type, id) && wanted(this.#state(entry), entry)) return entry;
      }
    }
    return -1;
  }

  /** False, and nothing entered, when an entry that `conflicts` is met on the way to the free slot. */
  #insert(
    type: BlobType,
    id: Buffer,
    conflicts: (state: number) => boolean,
    pack: number,
    offset: number,
    length: number,
    plainLength: number,
  ): boolean {
    const entry = this.#write(type, id, pack, offset, length, plainLength);
    const segment = this.#openSegment();
    const { start, mask } = this.#segment(segment);
    for (let slot = hashOf(id) & mask; ; slot = (slot + 1) & mask) {
      if (this.#slots.exchange(start + slot, 0, entry + 1)) {
        Atomics.add(this.#meta, SEGMENT_COUNTS + segment, 1);
        return true;
      }
      const met = this.#slots.load(start + slot) - 1;
      if (this.#is(met, type, id) && conflicts(this.#state(met))) {
        this.#spare = entry;
        return false;
      }
    }
  }

  #write(
    type: BlobType,
    id: Buffer,
    pack: number,
    offset: number,
    length: number,
    plainLength: number,
  ): number {
    const entry = this.#spare === -1 ? Atomics.add(this.#meta, ENTRIES_USED, 1) : this.#spare;
    this.#spare = -1;
    const at = entry * ENTRY;
    this.#entries.ensure(at + ENTRY);
    for (let word = 0; word < 8; word++) this.#entries.store(at + word, id.readUInt32LE(word * 4));
    this.#entries.store(at + OFFSET, offset);
    this.#entries.store(at + LENGTH, length);
    this.#entries.store(at + PLAIN_LENGTH, plainLength);
    this.#entries.store(at + PACK, ((pack << 1) | typeBit(type)) >>> 0);
    return entry;
  }

  #is(entry: number, type: BlobType, id: Buffer): boolean {
    const at = entry * ENTRY;
    for (let word = 0; word < 8; word++) {
      if (this.#entries.load(at + word) !== id.readUInt32LE(word * 4)) return false;
    }
    return (this.#entries.load(at + PACK) & 1) === typeBit(type);
  }

  #segment(segment: number): { start: number; mask: number } {
    const first = 2 ** Atomics.load(this.#meta, FIRST_SEGMENT_LOG);
    return { start: first * (2 ** segment - 1), mask: first * 2 ** segment - 1 };
  }

  /** The segment that takes new entries; opens the next when the last is full enough. */
  #openSegment(): number {
    for (;;) {
      const last = Atomics.load(this.#meta, SEGMENTS) - 1;
      const { start, mask } = this.#segment(last);
      const used = Atomics.load(this.#meta, SEGMENT_COUNTS + last);
      if (used < (mask + 1) * FILL || last + 1 === MAX_SEGMENTS) return last;
      this.#slots.ensure(start + (mask + 1) * 3);
      Atomics.compareExchange(this.#meta, SEGMENTS, last + 1, last + 2);
    }
  }
}
