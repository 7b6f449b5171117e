/**
 * Makes new trees from old ones by a rule for each node, as restic's `walker` package does. A tree of which nothing
 * changes keeps its id.
 *
 * The rule must be a pure function: a plan runs it without storing anything, and applying the plan runs it again.
 */
import { createHash } from 'node:crypto';
import { BlobMissingError, DamagedFileError, DamagedTreeError, FormatError } from '../errors.ts';
import { blobId } from '../format/blob.ts';
import type { Node } from '../format/trees/node.ts';
import { decodeTree, encodeNode, TREE_HEAD, TREE_TAIL } from '../format/trees/tree.ts';
import { TreeNotReproducibleError } from './rewrite-errors.ts';

export interface RewriteRule {
  /** The node as it shall be, or nothing when it goes. `path` is absolute within the snapshot. */
  node(node: Node, path: Buffer): Node | undefined;
  /** What stands in for a tree that cannot be read; without it such a tree is an error. */
  unreadable?(path: Buffer, error: unknown): 'empty' | 'removed';
  /** Whether a folder stays of which nothing is left; it does when absent. */
  keepsEmpty?(path: Buffer): boolean;
  /** Takes trees that would not come out byte for byte when written again: for repairs. */
  readonly allowsLoss?: boolean;
  /** The rule looks at nothing of the path: equal trees then become equal ones wherever they lie. */
  readonly ignoresPath?: boolean;
}

export interface TreeSource {
  loadBlob(
    type: 'tree',
    id: Buffer,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Buffer>;
}

/** Takes the bytes of a new tree. */
export type TreeSink = (bytes: Buffer) => Promise<unknown>;

export interface RewrittenTree {
  /** Undefined when nothing is left of it. */
  readonly id: Buffer | undefined;
  /** Regular files in it and below, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

const ROOT = Buffer.from('/');
const [head, comma, tail] = [Buffer.from(TREE_HEAD), Buffer.from(','), Buffer.from(TREE_TAIL)];

export class TreeRewriter {
  readonly #source: TreeSource;
  readonly #rule: RewriteRule;
  readonly #sink: TreeSink | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #done = new Map<string, RewrittenTree>();

  /** Without a sink nothing is stored, and the ids are what they would be. */
  constructor(
    source: TreeSource,
    rule: RewriteRule,
    options: { readonly sink?: TreeSink | undefined; readonly signal?: AbortSignal | undefined } = {},
  ) {
    this.#source = source;
    this.#rule = rule;
    this.#sink = options.sink;
    this.#signal = options.signal;
  }

  rewrite(root: Buffer): Promise<RewrittenTree> {
    return this.#tree(root, ROOT);
  }

  async #tree(id: Buffer, path: Buffer): Promise<RewrittenTree> {
    const key = id.toString('latin1') + (this.#rule.ignoresPath ? '' : path.toString('latin1'));
    const known = this.#done.get(key);
    if (known !== undefined) return known;
    this.#signal?.throwIfAborted();
    const nodes = await this.#load(id, path);
    const result = Array.isArray(nodes)
      ? await this.#build(id, path, nodes)
      : await this.#standIn(path, nodes);
    this.#done.set(key, result);
    return result;
  }

  async #standIn(path: Buffer, { error }: { readonly error: unknown }): Promise<RewrittenTree> {
    const instead = this.#rule.unreadable?.(path, error);
    if (instead === undefined) throw error;
    if (instead === 'removed') return { id: undefined, files: 0, bytes: 0 };
    return { id: await this.#store(Buffer.concat([head, tail])), files: 0, bytes: 0 };
  }

  async #load(id: Buffer, path: Buffer): Promise<Node[] | { readonly error: unknown }> {
    try {
      const bytes = await this.#source.loadBlob('tree', id, { signal: this.#signal });
      const nodes = [...this.#decode(id, bytes)];
      if (!this.#rule.allowsLoss && !encodedId(nodes).equals(id)) {
        throw new TreeNotReproducibleError(id.toString('hex'), path.toString());
      }
      return nodes;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return { error };
    }
  }

  *#decode(id: Buffer, bytes: Buffer): Generator<Node> {
    try {
      yield* decodeTree(bytes);
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      throw new DamagedTreeError(id.toString('hex'), cause.message, { cause });
    }
  }

  async #build(id: Buffer, path: Buffer, nodes: readonly Node[]): Promise<RewrittenTree> {
    const pieces: Buffer[] = [head];
    let [files, bytes] = [0, 0];
    for (const node of nodes) {
      const place = join(path, node.name);
      const kept = this.#rule.node(node, place);
      if (kept === undefined) continue;
      let final = kept;
      if (kept.type === 'dir') {
        // A folder without a tree is read as one that cannot be found.
        const below = await this.#tree(kept.subtree ?? Buffer.alloc(32), place);
        if (below.id === undefined) continue;
        files += below.files;
        bytes += below.bytes;
        final = { ...kept, subtree: below.id };
      } else if (kept.type === 'file') {
        files++;
        bytes += Number(kept.size);
      }
      if (pieces.length > 1) pieces.push(comma);
      pieces.push(Buffer.from(encodeNode(final)));
    }
    const isEmpty = pieces.length === 1;
    pieces.push(tail);
    if (isEmpty && this.#rule.keepsEmpty?.(path) === false) return { id: undefined, files, bytes };
    const whole = Buffer.concat(pieces);
    const newId = blobId(whole);
    return { id: newId.equals(id) ? id : await this.#store(whole), files, bytes };
  }

  async #store(bytes: Buffer): Promise<Buffer> {
    await this.#sink?.(bytes);
    return blobId(bytes);
  }
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof BlobMissingError || error instanceof DamagedFileError || error instanceof DamagedTreeError;

function encodedId(nodes: readonly Node[]): Buffer {
  const hash = createHash('sha256').update(head);
  for (const [at, node] of nodes.entries()) {
    if (at > 0) hash.update(comma);
    hash.update(encodeNode(node));
  }
  return hash.update(tail).digest();
}

const join = (folder: Buffer, name: Buffer): Buffer =>
  Buffer.concat(folder.length === 1 ? [folder, name] : [folder, ROOT, name]);
