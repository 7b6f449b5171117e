import { extname } from 'node:path';
import type { VisitedNode } from '@octobox/repository';

export const SORT_MODES = ['name', 'size', 'time', 'mtime', 'atime', 'ctime', 'extension'] as const;
export type SortMode = (typeof SORT_MODES)[number];

type Key = bigint | string;

const keys: Readonly<Record<Exclude<SortMode, 'name'>, (entry: VisitedNode) => Key>> = {
  size: ({ node }) => (node.type === 'file' ? node.size : 0n),
  time: ({ node }) => node.mtime,
  mtime: ({ node }) => node.mtime,
  atime: ({ node }) => node.atime,
  ctime: ({ node }) => node.ctime,
  // One character for each byte, so that strings compare as bytes do.
  extension: ({ path }) => extname(path.toString('latin1')),
};

const CHUNK = 1024 * 1024;

/**
 * Lines about entries, put in an order at the end: equal ones by their path. By name nothing is moved, entries come in that
 * order. Of each entry its path, its line and what it is sorted by are held, beside one another in a few large chunks.
 */
export class SortedLines {
  readonly #keyOf: ((entry: VisitedNode) => Key) | undefined;
  readonly #reverse: boolean;
  readonly #keys: Key[] = [];
  readonly #chunks: Buffer[] = [];
  #used = CHUNK;
  /** Of each entry: chunk, place in it, length of the path, length of the line. */
  #places = new Uint32Array(4 * 1024);
  #count = 0;

  constructor(mode: SortMode, reverse: boolean) {
    this.#keyOf = mode === 'name' ? undefined : keys[mode];
    this.#reverse = reverse;
  }

  add(entry: VisitedNode, line: Uint8Array): void {
    if (this.#keyOf !== undefined) this.#keys.push(this.#keyOf(entry));
    const path = this.#keyOf === undefined ? Buffer.alloc(0) : entry.path;
    const length = path.length + line.length;
    if (this.#used + length > CHUNK) {
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK, length)));
      this.#used = 0;
    }
    const chunk = this.#chunks.at(-1) as Buffer;
    chunk.set(path, this.#used);
    chunk.set(line, this.#used + path.length);
    if (4 * this.#count === this.#places.length) {
      const larger = new Uint32Array(2 * this.#places.length);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places.set([this.#chunks.length - 1, this.#used, path.length, line.length], 4 * this.#count++);
    this.#used += length;
  }

  *lines(): Generator<Buffer, void, void> {
    const order = Uint32Array.from({ length: this.#count }, (_, number) => number);
    if (this.#keyOf !== undefined) order.sort((a, b) => this.#compare(a, b));
    if (this.#reverse) order.reverse();
    for (const entry of order) {
      const { chunk, middle, end } = this.#place(entry);
      yield chunk.subarray(middle, end);
    }
  }

  #compare(a: number, b: number): number {
    const [keyA, keyB] = [this.#keys[a] as Key, this.#keys[b] as Key];
    if (keyA !== keyB) return keyA < keyB ? -1 : 1;
    const [one, other] = [this.#place(a), this.#place(b)];
    return one.chunk.compare(other.chunk, other.start, other.middle, one.start, one.middle);
  }

  #place(entry: number): { chunk: Buffer; start: number; middle: number; end: number } {
    const [chunk = 0, start = 0, path = 0, line = 0] = this.#places.subarray(4 * entry, 4 * entry + 4);
    return {
      chunk: this.#chunks[chunk] as Buffer,
      start,
      middle: start + path,
      end: start + path + line,
    };
  }
}
