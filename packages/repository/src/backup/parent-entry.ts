/**
 * An entry of a folder of the parent snapshot. Most entries have not changed, and for those comparing text is enough:
 * the node is only built when somebody asks for it.
 */
import type { Node } from '../format/node.ts';
import { decodeNode, encodeNode, TreeSyntaxError } from '../format/tree.ts';

const CONTENT = ',"content":[';
const ID = /^"([0-9a-f]{64})"$/;

export class ParentEntry {
  readonly #json: Buffer;
  #text: string | undefined;
  #node: Node | undefined;

  constructor(json: Buffer) {
    this.#json = json;
  }

  /** The JSON as the parent has it. */
  get text(): string {
    this.#text ??= this.#json.toString('utf8');
    return this.#text;
  }

  /** Undefined when it is not sound; it is then no help. */
  get node(): Node | undefined {
    try {
      this.#node ??= decodeNode(this.#json);
    } catch (error) {
      if (!(error instanceof TreeSyntaxError)) throw error;
    }
    return this.#node;
  }

  /**
   * The ids of a file's content when all else is exactly what `head` says (see `encodeNodeHead`). Undefined when it is
   * not, or when the parent spells it in another way: then `node` has to be looked at.
   */
  contentAfter(head: string): Buffer[] | undefined {
    const { text } = this;
    if (!text.startsWith(head) || !text.startsWith(CONTENT, head.length) || !text.endsWith(']}'))
      return undefined;
    const list = text.slice(head.length + CONTENT.length, -2);
    if (list === '') return [];
    const ids: Buffer[] = [];
    for (const quoted of list.split(',')) {
      const id = ID.exec(quoted)?.[1];
      if (id === undefined) return undefined;
      ids.push(Buffer.from(id, 'hex'));
    }
    return ids;
  }

  /** Whether it says the same as this JSON of a node. */
  saysSame(json: string): boolean {
    return this.text === json || (this.node !== undefined && encodeNode(this.node) === json);
  }
}
