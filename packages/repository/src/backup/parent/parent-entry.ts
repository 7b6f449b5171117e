/**
 * An entry of a folder of the parent snapshot. Most entries have not changed, and for those comparing text is enough:
 * the node is only built when somebody asks for it.
 */
import type { Node } from '../../format/trees/node.ts';
import { decodeNode, encodeNode, TreeSyntaxError } from '../../format/trees/tree.ts';
import type { NodeSlice } from '../tree-writer.ts';
import { everyId, idAt, matchNode, type NodeMatch, type NodeStart } from './node-match.ts';

const CONTENT = ',"content":[';
const ID = /^"([0-9a-f]{64})"$/;

/**
 * A node of the parent of which all is the same that lstat and readlink tell. Its extended attributes are the same, too:
 * to change one is to change the time of change.
 */
export class ParentMatch {
  readonly json: string | NodeSlice;
  readonly #bytes: Buffer;
  readonly #match: NodeMatch;

  constructor(bytes: Buffer, match: NodeMatch, json: string | NodeSlice) {
    this.#bytes = bytes;
    this.#match = match;
    this.json = json;
  }

  get hasContent(): boolean {
    return this.#match.content !== undefined;
  }

  /** Whether `test` accepts each id of the content. The id is used again for the next one. */
  everyBlob(test: (id: Buffer) => boolean): boolean {
    const { content } = this.#match;
    return content !== undefined && everyId(this.#bytes, content, test);
  }

  get subtree(): Buffer | undefined {
    return this.#match.subtree === undefined ? undefined : idAt(this.#bytes, this.#match.subtree);
  }

  /** The JSON with another subtree. */
  jsonWith(subtree: Buffer): string {
    const from = typeof this.json === 'string' ? 0 : this.json.from;
    return `${this.#bytes.toString('utf8', from, this.#match.subtree)}${subtree.toString('hex')}"}`;
  }

  /** The same, for whoever has to look closer. */
  get entry(): ParentEntry {
    const from = typeof this.json === 'string' ? 0 : this.json.from;
    return new ParentEntry(this.#bytes.subarray(from, this.#match.end));
  }
}

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

  match(start: NodeStart): ParentMatch | undefined {
    const match = matchNode(this.#json, 0, start);
    return match?.end === this.#json.length ? new ParentMatch(this.#json, match, this.text) : undefined;
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
