/**
 * The slots of a hash table in shared memory: each holds the number of an entry, found by linear probing.
 *
 * Slots come in segments, each twice as large as the one before. When one is three quarters full the next takes what
 * comes; nothing ever moves, so no thread waits for another. A number is published by compare-and-swap after its
 * entry was written: who finds it sees the whole entry.
 *
 * The bits of a slot that no number needs hold the first bits of the hash: without them a look-up would fetch the entry
 * of every slot that it passes, dozens in a table of many segments, and each from another place of the memory.
 */
import { SharedWords } from './shared-words.ts';

const [SEGMENTS, FIRST_SEGMENT_LOG, NUMBER_BITS, SEGMENT_COUNTS] = [0, 1, 2, 3];
/** 256 KiB: each segment that need not exist spares every look-up one access. */
const SMALLEST_LOG = 16;
const MAX_SEGMENTS = 24;
const FILL = 0.75;

export interface SharedHashSlots {
  readonly state: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
}

/** Whether an entry is the one looked for. */
export type EntryTest = (entry: number) => boolean;

export class HashSlots {
  readonly #state: Int32Array;
  readonly #slots: SharedWords;
  /** Slots of the first segment, a power of two. */
  readonly #firstSize: number;
  /** How many bits of a slot are the number; the others are of the hash. */
  readonly #bits: number;
  readonly #numberMask: number;

  private constructor(state: Int32Array, slots: SharedWords) {
    this.#state = state;
    this.#slots = slots;
    this.#firstSize = 2 ** (state[FIRST_SEGMENT_LOG] ?? 0);
    this.#bits = state[NUMBER_BITS] ?? 31;
    this.#numberMask = 2 ** this.#bits - 1;
  }

  /** Room for `expected` entries in the first segment, and for `maximum` in all. */
  static create(expected: number, maximum: number): HashSlots {
    const log = Math.max(SMALLEST_LOG, Math.ceil(Math.log2((expected + 1) / FILL)));
    const state = new Int32Array(new SharedArrayBuffer((SEGMENT_COUNTS + MAX_SEGMENTS) * 4));
    state[FIRST_SEGMENT_LOG] = log;
    state[NUMBER_BITS] = Math.min(31, Math.ceil(Math.log2(maximum + 2)));
    state[SEGMENTS] = 1;
    // The last segment may have just begun when the maximum is reached.
    const slots = SharedWords.create(Math.max(maximum, 2 ** log) * 4);
    slots.ensure(2 ** log);
    return new HashSlots(state, slots);
  }

  static attach(shared: SharedHashSlots): HashSlots {
    return new HashSlots(new Int32Array(shared.state), new SharedWords(shared.slots));
  }

  share(): SharedHashSlots {
    return { state: this.#state.buffer as SharedArrayBuffer, slots: this.#slots.buffer };
  }

  get segmentCount(): number {
    return Atomics.load(this.#state, SEGMENTS);
  }

  /** The first entry under this hash that `matches` accepts, in the order in which they came; -1 when none does. */
  find(hash: number, matches: EntryTest): number {
    const tag = hash >>> this.#bits;
    let start = 0;
    let size = this.#firstSize;
    for (let left = this.segmentCount; left > 0; left--) {
      const slots = this.#slots.upTo(start + size);
      for (let slot = hash & (size - 1); ; slot = (slot + 1) & (size - 1)) {
        const seen = slots[start + slot] ?? 0;
        if (seen === 0) break;
        if (seen >>> this.#bits !== tag) continue;
        const entry = this.#number(start + slot);
        if (matches(entry)) return entry;
      }
      start += size;
      size *= 2;
    }
    return -1;
  }

  /**
   * Publishes the entry that `make` gives at the free slot. False when one that `conflicts` is met on the way there; then
   * nothing was made, but for the moment in which another thread was faster.
   */
  insert(hash: number, make: () => number, conflicts: EntryTest): boolean {
    const segment = this.#openSegment();
    const start = this.#start(segment);
    const mask = this.#size(segment) - 1;
    const tag = hash >>> this.#bits;
    let slot = hash & mask;
    let entry = -1;
    for (;;) {
      const met = this.#slots.load(start + slot);
      if (met !== 0) {
        if (met >>> this.#bits === tag && conflicts(this.#number(start + slot))) return false;
        slot = (slot + 1) & mask;
        continue;
      }
      if (entry === -1) entry = make();
      if (this.#slots.exchange(start + slot, 0, ((tag << this.#bits) | (entry + 1)) >>> 0)) {
        Atomics.add(this.#state, SEGMENT_COUNTS + segment, 1);
        return true;
      }
      // Otherwise another thread took this slot just now: look at what it entered.
    }
  }

  /** The number in a slot that is taken; what was written before it was published is seen from here on. */
  #number(at: number): number {
    return (this.#slots.load(at) & this.#numberMask) - 1;
  }

  /** The segment that takes new entries; opens the next when the last is full enough. */
  #openSegment(): number {
    for (;;) {
      const last = Atomics.load(this.#state, SEGMENTS) - 1;
      const used = Atomics.load(this.#state, SEGMENT_COUNTS + last);
      if (used < this.#size(last) * FILL || last + 1 === MAX_SEGMENTS) return last;
      this.#slots.ensure(this.#start(last + 2));
      Atomics.compareExchange(this.#state, SEGMENTS, last + 1, last + 2);
    }
  }

  #size(segment: number): number {
    return this.#firstSize * 2 ** segment;
  }

  #start(segment: number): number {
    return this.#firstSize * (2 ** segment - 1);
  }
}
