interface Page<T> {
  readonly items: readonly T[];
}

/** What was fetched of a list so far, without copying it with each page: a folder may have a million entries. */
export class Rows<T> {
  readonly count: number;
  readonly #pages: readonly Page<T>[];
  /** How many rows are before each page. */
  readonly #before: readonly number[];

  constructor(pages: readonly Page<T>[]) {
    this.#pages = pages;
    const before: number[] = [];
    let count = 0;
    for (const { items } of pages) {
      before.push(count);
      count += items.length;
    }
    this.#before = before;
    this.count = count;
  }

  at(index: number): T | undefined {
    let low = 0;
    let high = this.#before.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#before[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return this.#pages[low]?.items[index - (this.#before[low] ?? 0)];
  }
}
