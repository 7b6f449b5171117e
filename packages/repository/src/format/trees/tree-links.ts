/** What the nodes of a tree refer to, without making the nodes. */
import { quote } from '../go/go-quote.ts';
import type { Node } from './node.ts';
import { NodeLinkReader } from './node-links.ts';
import { decodeNode, splitTree, TREE_HEAD, TreeSyntaxError } from './tree.ts';
import { skipValue } from './tree-scanner.ts';

export interface NodeLinks {
  /** How many ids of contents there are. */
  readonly contents: number;
  /** 32 bytes, for as long as the visit lasts. */
  contentAt(number: number): Uint8Array;
  /** The id of a folder's tree; lasts as long as the visit. */
  readonly subtree: Uint8Array | undefined;
  /** Nothing about the node can be wrong: its name, its type and that it has what its type needs. */
  readonly isSound: boolean;
  /** The whole node. */
  node(): Node;
}

const HEAD = new Uint8Array(Buffer.from(TREE_HEAD));
const [COMMA, CLOSE_LIST, CLOSE_OBJECT, OPEN_OBJECT] = [0x2c, 0x5d, 0x7d, 0x7b];
const ID = 32;

/**
 * Visits the links of every node in their order. Throws `TreeSyntaxError` where `decodeTree` does, at the same node.
 * `visit` must not read another tree.
 */
export function visitTreeLinks(bytes: Buffer, visit: (links: NodeLinks) => void): void {
  const order = new NameOrder();
  const visited = visitUsual(bytes, order, visit);
  if (visited === undefined) return;
  // Something about the list is unusual: what remains is read with patience.
  let number = 0;
  for (const { json, name } of splitTree(bytes)) {
    if (number++ < visited) continue;
    order.follow(name, 0, name.length);
    visit(new DecodedLinks(decodeNode(json)));
  }
}

const reader = new NodeLinkReader();

/** Undefined when the tree was read to its end, else how many nodes were. */
function visitUsual(bytes: Buffer, order: NameOrder, visit: (links: NodeLinks) => void): number | undefined {
  for (let i = 0; i < HEAD.length; i++) if (bytes[i] !== HEAD[i]) return 0;
  let at = HEAD.length;
  const isEnd = (): boolean => bytes[at] === CLOSE_LIST && bytes[at + 1] === CLOSE_OBJECT;
  if (isEnd()) return undefined;
  const links = new ReadLinks(bytes);
  for (let visited = 0; ; ) {
    let end = reader.read(bytes, at);
    if (end !== -1) {
      order.follow(bytes, reader.nameStart, reader.nameEnd);
      visit(links.between(at, end));
    } else {
      if (bytes[at] !== OPEN_OBJECT) return visited;
      end = skipValue(bytes, at);
      const node = decodeNode(bytes.subarray(at, end));
      order.follow(node.name, 0, node.name.length);
      visit(new DecodedLinks(node));
    }
    at = end;
    visited++;
    if (isEnd()) return undefined;
    if (bytes[at] !== COMMA) return visited;
    at++;
  }
}

/** Asserts that names rise. */
class NameOrder {
  #bytes: Buffer | undefined;
  #start = 0;
  #end = 0;

  follow(bytes: Buffer, start: number, end: number): void {
    const last = this.#bytes;
    if (last !== undefined && last.compare(bytes, start, end, this.#start, this.#end) >= 0) {
      const [before, after] = [last.subarray(this.#start, this.#end), bytes.subarray(start, end)];
      throw new TreeSyntaxError(`nodes are not in order: ${quote(before)} before ${quote(after)}`);
    }
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }
}

/** What the reader has just read. */
class ReadLinks implements NodeLinks {
  readonly isSound = true;
  readonly #bytes: Buffer;
  #start = 0;
  #end = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  between(start: number, end: number): this {
    this.#start = start;
    this.#end = end;
    return this;
  }

  get contents(): number {
    return reader.contents;
  }

  contentAt(number: number): Uint8Array {
    return reader.ids.subarray(number * ID, number * ID + ID);
  }

  get subtree(): Uint8Array | undefined {
    return reader.subtree;
  }

  node(): Node {
    return decodeNode(this.#bytes.subarray(this.#start, this.#end));
  }
}

class DecodedLinks implements NodeLinks {
  readonly isSound = false;
  readonly #node: Node;

  constructor(node: Node) {
    this.#node = node;
  }

  get contents(): number {
    return this.#node.content?.length ?? 0;
  }

  contentAt(number: number): Uint8Array {
    return this.#node.content?.[number] as Buffer;
  }

  get subtree(): Uint8Array | undefined {
    return this.#node.type === 'dir' ? this.#node.subtree : undefined;
  }

  node(): Node {
    return this.#node;
  }
}
