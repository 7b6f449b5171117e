/**
 * Compares what lstat tells of an entry with its node in the parent's tree, as bytes: nothing of the tree is parsed, and
 * nothing is hashed, as long as it is spelled as restic spells it.
 */
import { HEX_ID, isHexId, readHexId } from '../../format/json/hex-id.ts';
import { skipValue, TreeSyntaxError } from '../../format/trees/tree-scanner.ts';

/** What a listing tells of an entry (see `encodeNodeStart`), somewhere in its text. */
export interface NodeStart {
  readonly text: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Where things lie in the bytes of the tree. */
export interface NodeMatch {
  /** Behind the node. */
  readonly end: number;
  /** Where the content's ids begin, and how many they are; undefined when there is no content. */
  readonly content: { readonly from: number; readonly count: number } | undefined;
  /** Where the hex digits of the subtree's id begin. */
  readonly subtree: number | undefined;
}

const ATTRIBUTES = Buffer.from(',"extended_attributes":[');
const CONTENT = Buffer.from(',"content":');
const SUBTREE = Buffer.from(',"subtree":"');
const NULL = Buffer.from('null');
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;
/** A quoted id and the comma behind it. */
const STRIDE = HEX_ID + 3;

/**
 * Undefined unless the node that begins at `at` is `start` and behind that has nothing but extended attributes, content
 * and subtree.
 */
export function matchNode(tree: Buffer, at: number, start: NodeStart): NodeMatch | undefined {
  let end = at + start.to - start.from;
  if (end >= tree.length || tree.compare(start.text, start.from, start.to, at, end) !== 0) return undefined;
  if (isAt(tree, end, ATTRIBUTES)) {
    const behind = behindList(tree, end + ATTRIBUTES.length - 1);
    if (behind === undefined) return undefined;
    end = behind;
  }
  if (!isAt(tree, end, CONTENT)) return undefined;
  end += CONTENT.length;
  let content: NodeMatch['content'];
  if (tree[end] === OPEN_LIST) {
    const count = countIds(tree, end);
    if (count === undefined) return undefined;
    content = { from: end + 2, count };
    end += count === 0 ? 2 : count * STRIDE + 1;
  } else if (isAt(tree, end, NULL)) {
    end += NULL.length;
  } else {
    return undefined;
  }
  let subtree: number | undefined;
  if (isAt(tree, end, SUBTREE)) {
    subtree = end + SUBTREE.length;
    end = subtree + HEX_ID + 1;
    if (tree[end - 1] !== QUOTE || !isHexId(tree, subtree)) return undefined;
  }
  return tree[end] === CLOSE_OBJECT ? { end: end + 1, content, subtree } : undefined;
}

/** Whether `test` accepts each id of the content. The id is used again for the next one. */
export function everyId(
  tree: Buffer,
  { from, count }: NonNullable<NodeMatch['content']>,
  test: (id: Buffer) => boolean,
): boolean {
  for (let at = from, left = count; left > 0; left--, at += STRIDE) {
    readHexId(tree, at, scratch);
    if (!test(scratch)) return false;
  }
  return true;
}

/** The id whose hex digits begin there. */
export function idAt(tree: Buffer, at: number): Buffer {
  const id = Buffer.allocUnsafe(32);
  readHexId(tree, at, id);
  return id;
}

const scratch = Buffer.alloc(32);

function countIds(tree: Buffer, list: number): number | undefined {
  if (tree[list + 1] === CLOSE_LIST) return 0;
  for (let at = list + 1, count = 1; ; at += STRIDE, count++) {
    if (tree[at] !== QUOTE || tree[at + HEX_ID + 1] !== QUOTE || !isHexId(tree, at + 1)) return undefined;
    const behind = tree[at + HEX_ID + 2];
    if (behind === CLOSE_LIST) return count;
    if (behind !== COMMA) return undefined;
  }
}

function isAt(tree: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i++) if (tree[at + i] !== wanted[i]) return false;
  return true;
}

function behindList(tree: Buffer, at: number): number | undefined {
  try {
    return skipValue(tree, at);
  } catch (error) {
    if (error instanceof TreeSyntaxError) return undefined;
    throw error;
  }
}
