/**
 * A fair sample of a stream of unknown length in fixed memory (Vitter's algorithm R): every element is
 * equally likely to be kept.
 */
export class Sample<Element> {
  readonly #size: number;
  readonly #random: () => number;
  readonly #kept: Element[] = [];
  #seen = 0;

  constructor(size: number, random: () => number = Math.random) {
    this.#size = size;
    this.#random = random;
  }

  get kept(): readonly Element[] {
    return this.#kept;
  }

  get seen(): number {
    return this.#seen;
  }

  add(element: Element): void {
    this.#seen += 1;
    if (this.#kept.length < this.#size) {
      this.#kept.push(element);
      return;
    }
    const position = Math.floor(this.#random() * this.#seen);
    if (position < this.#size) this.#kept[position] = element;
  }
}

/** The part of a population that a sample speaks for, with 95 % confidence (Wilson's score interval). */
export function estimateShare(hits: number, sampled: number): { low: number; high: number } {
  if (sampled === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = hits / sampled;
  const scale = 1 + (z * z) / sampled;
  const middle = (share + (z * z) / (2 * sampled)) / scale;
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / sampled + (z * z) / (4 * sampled * sampled));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}
