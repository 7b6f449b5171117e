/** A set of small integers, one bit each. */
export class BitSet {
  #words: Uint32Array;

  constructor(expected = 0) {
    this.#words = new Uint32Array(Math.ceil(expected / 32));
  }

  get isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  has(number: number): boolean {
    return (((this.#words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  /** True when the number was not in the set before. */
  add(number: number): boolean {
    if (this.has(number)) return false;
    const word = number >>> 5;
    if (word >= this.#words.length) this.#grow(word + 1);
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (number & 31));
    return true;
  }

  delete(number: number): void {
    const word = number >>> 5;
    if (word < this.#words.length) this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (number & 31));
  }

  #grow(words: number): void {
    const larger = new Uint32Array(Math.max(words, this.#words.length * 2));
    larger.set(this.#words);
    this.#words = larger;
  }
}
