/**
 * A set of things by the beginning of their hash: 16 bytes each, beside one another, and no object for any. With the room
 * to grow it takes 46 bytes for each thing at most, and while it grows half as much again.
 */
import { hash } from 'node:crypto';

/** 16 bytes tell a billion things apart. */
const WORDS = 4;
const FILL = 0.7;

export class DigestSet {
  #slots: Uint32Array;
  #count = 0;

  constructor(expected = 700) {
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(expected / FILL)) * WORDS);
  }

  get size(): number {
    return this.#count;
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** True when it was not in the set before. */
  add(thing: Uint8Array): boolean {
    const digest = hash('sha256', thing, 'buffer');
    const words: Words = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as Words;
    // An empty slot is all zero.
    words[3] |= 1;
    if (!put(this.#slots, words)) return false;
    this.#count++;
    if (this.#count * WORDS > this.#slots.length * FILL) this.#grow();
    return true;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    const old = this.#slots;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 3] !== 0) put(larger, [old[at], old[at + 1], old[at + 2], old[at + 3]] as Words);
    }
    this.#slots = larger;
  }
}

type Words = [number, number, number, number];

/** False when it is there already. */
function put(slots: Uint32Array, [a, b, c, d]: Words): boolean {
  const mask = slots.length / WORDS - 1;
  for (let slot = a & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    if (slots[at + 3] === 0) {
      slots[at] = a;
      slots[at + 1] = b;
      slots[at + 2] = c;
      slots[at + 3] = d;
      return true;
    }
    if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d >>> 0)
      return false;
  }
}
