/** Two folders side by side. */
import type { StorageOptions } from '@octobox/storage';
import type { Node } from '../format/trees/node.ts';
import type { Repository } from '../store/repository.ts';
import { readTree } from './read-tree.ts';

type Pair = readonly [Node | undefined, Node | undefined];

/** Nodes of the same name together, others alone; in the order of their names. Throws as `readTree`. */
export async function* pairNodes(
  repository: Repository,
  left: Buffer,
  right: Buffer,
  options: StorageOptions = {},
): AsyncGenerator<Pair, void, void> {
  const [one, other] = [
    new NodeReader(readTree(repository, left, options)),
    new NodeReader(readTree(repository, right, options)),
  ];
  let [a, b] = [await one.next(), await other.next()];
  while (a !== undefined || b !== undefined) {
    const order = a === undefined ? 1 : b === undefined ? -1 : Buffer.compare(a.name, b.name);
    yield [order <= 0 ? a : undefined, order >= 0 ? b : undefined];
    if (order <= 0) a = await one.next();
    if (order >= 0) b = await other.next();
  }
}

class NodeReader {
  readonly #parts: AsyncIterator<Iterable<Node>, void>;
  #nodes: Iterator<Node> = [][Symbol.iterator]();

  constructor(parts: AsyncGenerator<Iterable<Node>, void, void>) {
    this.#parts = parts;
  }

  async next(): Promise<Node | undefined> {
    for (;;) {
      const node = this.#nodes.next();
      if (!node.done) return node.value;
      const part = await this.#parts.next();
      if (part.done) return undefined;
      this.#nodes = part.value[Symbol.iterator]();
    }
  }
}
