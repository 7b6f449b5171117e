/**
 * Which blobs a repository holds and where: one compact table in shared memory, for all threads.
 *
 * Entries lie one behind another, 48 bytes each (id, pack and state, offset, length, plain length), and are found
 * through hash slots of 4 bytes. All lie in growable SharedArrayBuffers: any thread can grow them and all see it.
 *
 * An entry's life: claimed (some thread will store the blob) → stored (it lies in a pack), or claimed → dropped
 * (nobody will) → claimed again. Two threads that claim one id at the moment a segment of slots fills may both win:
 * the blob is then stored twice, which the format allows.
 */
import type { BlobType } from '../../format/blob.ts';
import { SEAL_OVERHEAD } from '../../format/sealing/crypto.ts';
import { type EntryTest, HashSlots, type SharedHashSlots } from './hash-slots.ts';
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
  readonly used: SharedArrayBuffer;
  readonly entries: SharedArrayBuffer;
  readonly slots: SharedHashSlots;
  readonly packs: SharedArrayBuffer;
}

const ENTRY = 12;
const [PACK, OFFSET, LENGTH, PLAIN_LENGTH] = [8, 9, 10, 11];
/** Pack words hold `pack number << 1 | type`; the two highest numbers are states. */
const CLAIMED = 0x7fffffff;
const DROPPED = 0x7ffffffe;

/** How many blobs one run may add to those that were reserved: 32 million. */
const HEADROOM = 2 ** 25;

type StateTest = (state: number, entry: number) => boolean;
const isAny: StateTest = () => true;
const isStored: StateTest = (state) => state < DROPPED;
const isClaimed: StateTest = (state) => state === CLAIMED;
const isAlive: StateTest = (state) => state !== DROPPED;
const isDropped: StateTest = (state) => state === DROPPED;

const typeBit = (type: BlobType): number => (type === 'tree' ? 1 : 0);

export class BlobTable {
  /** One word: how many entries were begun. */
  readonly #used: Int32Array;
  readonly #entries: SharedWords;
  readonly #slots: HashSlots;
  readonly #packs: IdList;
  /** What is looked for: the id as bytes and as words (comparing words is many times faster), type and state. */
  readonly #idBytes = new Uint8Array(32);
  readonly #idWords = new Uint32Array(this.#idBytes.buffer);
  #typeBit = 0;
  /** An id on its way out of the table. */
  readonly #readWords = new Uint32Array(8);
  readonly #readBytes = new Uint8Array(this.#readWords.buffer);
  #wanted: StateTest = isAny;
  /** One function for all look-ups, so that none has to make its own. */
  readonly #matches: EntryTest = (entry) => this.#isOfId(entry) && this.#wanted(this.#state(entry), entry);
  /** What is entered, besides id and type. */
  #pack = 0;
  #offset = 0;
  #length = 0;
  #plainLength = 0;
  readonly #isThere: StateTest = (state, entry) =>
    state === this.#pack && this.#entries.load(entry * ENTRY + OFFSET) === this.#offset;
  readonly #make = (): number => this.#write();
  /** An entry that this thread made and did not publish because another was faster: used next time. */
  #spare = -1;

  private constructor(used: Int32Array, entries: SharedWords, slots: HashSlots, packs: IdList) {
    this.#used = used;
    this.#entries = entries;
    this.#slots = slots;
    this.#packs = packs;
  }

  /** An empty table that expects so many blobs. */
  static create(expected = 0): BlobTable {
    const maximum = expected + HEADROOM;
    return new BlobTable(
      new Int32Array(new SharedArrayBuffer(4)),
      SharedWords.create(maximum * ENTRY),
      HashSlots.create(expected, maximum),
      IdList.create(),
    );
  }

  /** The same table, in another thread. */
  static attach(shared: SharedBlobTable): BlobTable {
    return new BlobTable(
      new Int32Array(shared.used),
      new SharedWords(shared.entries),
      HashSlots.attach(shared.slots),
      new IdList(shared.packs),
    );
  }

  share(): SharedBlobTable {
    return {
      used: this.#used.buffer as SharedArrayBuffer,
      entries: this.#entries.buffer,
      slots: this.#slots.share(),
      packs: this.#packs.buffer,
    };
  }

  /** Entries of every state; their numbers are 0 to this, exclusive, and never change. */
  get entryCount(): number {
    return Atomics.load(this.#used, 0);
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
  has(type: BlobType, id: Uint8Array): boolean {
    return this.#find(type, id, isStored) !== -1;
  }

  /** Whether the blob lies in a pack or some thread is about to store it. */
  isKnown(type: BlobType, id: Uint8Array): boolean {
    return this.#find(type, id, isAlive) !== -1;
  }

  /** Every place where the blob lies, the first one entered first. */
  lookup(type: BlobType, id: Uint8Array): BlobLocation[] {
    return this.entriesOf(type, id).map((entry) => this.locationAt(entry));
  }

  /** The number of the first stored entry of a blob (`entriesOf(…)[0]`), -1 when there is none. */
  firstOf(type: BlobType, id: Uint8Array): number {
    return this.#find(type, id, isStored);
  }

  /** The numbers of the stored entries of a blob: small integers to mark in bitmaps. */
  entriesOf(type: BlobType, id: Uint8Array): number[] {
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
    const at = entry * ENTRY;
    const words = this.#entries.upTo(at + ENTRY);
    for (let word = 0; word < 8; word++) this.#readWords[word] = words[at + word] ?? 0;
    // From the pool: memory of its own would cost ten times as much.
    const id = Buffer.allocUnsafe(32);
    id.set(this.#readBytes);
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

  /** Whether a stored entry is of this blob at this place, in whatever pack. */
  isAt(entry: number, blob: Omit<BlobLocation, 'pack'> & { readonly id: Uint8Array }): boolean {
    this.#lookFor(blob.type, blob.id, isAny);
    const at = entry * ENTRY;
    const words = this.#entries.upTo(at + ENTRY);
    return (
      this.#isOfId(entry) &&
      words[at + OFFSET] === blob.offset &&
      words[at + LENGTH] === blob.length &&
      words[at + PLAIN_LENGTH] === blob.uncompressedLength
    );
  }

  /** Bytes from the start of the pack, of a stored entry. */
  offsetAt(entry: number): number {
    return this.#entries.load(entry * ENTRY + OFFSET);
  }

  /** Bytes of a stored entry as they are stored. */
  lengthAt(entry: number): number {
    return this.#entries.load(entry * ENTRY + LENGTH);
  }

  /** Bytes of the plain blob of a stored entry when it is compressed, else 0. */
  uncompressedLengthAt(entry: number): number {
    return this.#entries.load(entry * ENTRY + PLAIN_LENGTH);
  }

  /** Bytes of the plain blob of a stored entry. */
  plainLengthAt(entry: number): number {
    const at = entry * ENTRY;
    const plain = this.#entries.load(at + PLAIN_LENGTH);
    return plain === 0 ? this.#entries.load(at + LENGTH) - SEAL_OVERHEAD : plain;
  }

  /** The number of the pack of a stored entry. */
  packAt(entry: number): number {
    return this.#state(entry);
  }

  /** Enters a stored blob; the same blob at the same place is entered once. */
  add(
    type: BlobType,
    id: Uint8Array,
    pack: number,
    offset: number,
    length: number,
    plainLength: number,
  ): void {
    this.#pack = pack;
    this.#offset = offset;
    this.#length = length;
    this.#plainLength = plainLength;
    // On its way to a free slot an entry meets those of its own segment; only older segments need a look before.
    if (this.#slots.segmentCount > 1 && this.#find(type, id, this.#isThere) !== -1) return;
    this.#insert(type, id, this.#isThere);
  }

  /** True for exactly one caller among all threads, who then must store the blob or `drop` it. */
  claim(type: BlobType, id: Uint8Array): boolean {
    // Most are new: one look is enough for those.
    if (this.#find(type, id, isAny) !== -1) {
      if (this.#find(type, id, isAlive) !== -1) return false;
      const dropped = this.#find(type, id, isDropped);
      if (dropped !== -1) return this.#change(dropped, type, DROPPED, CLAIMED);
    }
    this.#pack = CLAIMED;
    this.#offset = 0;
    this.#length = 0;
    this.#plainLength = 0;
    return this.#insert(type, id, isAlive);
  }

  /** A claimed blob now lies in a pack. Enters it when nobody claimed it. */
  settle(
    type: BlobType,
    id: Uint8Array,
    pack: number,
    offset: number,
    length: number,
    plainLength: number,
  ): void {
    const entry = this.#find(type, id, isClaimed);
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
  drop(type: BlobType, id: Uint8Array): void {
    const entry = this.#find(type, id, isClaimed);
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
  #find(type: BlobType, id: Uint8Array, wanted: StateTest): number {
    return this.#slots.find(this.#lookFor(type, id, wanted), this.#matches);
  }

  /** False, and nothing entered, when an entry of the blob that `conflicts` is met. */
  #insert(type: BlobType, id: Uint8Array, conflicts: StateTest): boolean {
    const published = this.#slots.insert(this.#lookFor(type, id, conflicts), this.#make, this.#matches);
    if (published) this.#spare = -1;
    return published;
  }

  /** Sets what is looked for; gives the hash. Ids are SHA-256, so that any part of one is a good hash. */
  #lookFor(type: BlobType, id: Uint8Array, wanted: StateTest): number {
    this.#idBytes.set(id);
    this.#typeBit = typeBit(type);
    this.#wanted = wanted;
    return this.#idWords[0] ?? 0;
  }

  /** Writes an entry for what is looked for; nobody sees it before its number stands in a slot. */
  #write(): number {
    const entry = this.#spare === -1 ? Atomics.add(this.#used, 0, 1) : this.#spare;
    this.#spare = entry;
    const at = entry * ENTRY;
    this.#entries.ensure(at + ENTRY);
    const words = this.#entries.upTo(at + ENTRY);
    words.set(this.#idWords, at);
    words[at + OFFSET] = this.#offset;
    words[at + LENGTH] = this.#length;
    words[at + PLAIN_LENGTH] = this.#plainLength;
    this.#entries.store(at + PACK, ((this.#pack << 1) | this.#typeBit) >>> 0);
    return entry;
  }

  #isOfId(entry: number): boolean {
    const at = entry * ENTRY;
    const words = this.#entries.upTo(at + ENTRY);
    for (let word = 0; word < 8; word++) {
      if (words[at + word] !== this.#idWords[word]) return false;
    }
    return ((words[at + PACK] ?? 0) & 1) === this.#typeBit;
  }
}
