/**
 * Visits every tree that a list of root trees reaches, each one once, in bounded memory: one bit and, while
 * it waits, one number for each tree.
 */
import { BlobMissingError } from '../errors.ts';
import type { Node } from '../format/node.ts';
import { decodeTree } from '../format/tree.ts';
import type { BlobTable } from '../store/blob-table.ts';
import { BitSet } from './bit-set.ts';

export interface TreeSource {
  readonly index: BlobTable;
  /** The plain bytes of a blob, verified. */
  loadBlob(type: 'tree', id: Buffer): Promise<Buffer>;
}

export interface TreeVisitor {
  /** A node of a tree. Subtrees are followed by the walk itself. Must not throw. */
  node(tree: Buffer, node: Node): void;
  /** The tree is in no index, cannot be read, or is no tree; what it would reach is not visited. */
  failed(tree: Buffer, error: unknown): void;
  /** A tree was read to its end. */
  visited?(tree: Buffer): void;
}

/** How many trees are fetched at the same time. */
const atOnce = 8;

export async function walkTrees(
  source: TreeSource,
  roots: Iterable<Buffer>,
  visitor: TreeVisitor,
  signal?: AbortSignal,
  /** Trees that earlier walks visited, and that this one adds to. */
  seen = new BitSet(source.index.entryCount),
): Promise<void> {
  const { index } = source;
  const missing = new Set<string>();
  const waiting: number[] = [];
  const push = (id: Buffer): void => {
    const entry = index.entriesOf('tree', id)[0];
    if (entry !== undefined) {
      if (seen.add(entry)) waiting.push(entry);
      return;
    }
    const name = id.toString('hex');
    if (missing.has(name)) return;
    missing.add(name);
    visitor.failed(id, new BlobMissingError('tree', name));
  };

  const visit = async (id: Buffer): Promise<void> => {
    const subtrees: Buffer[] = [];
    try {
      for (const node of decodeTree(await source.loadBlob('tree', id))) {
        visitor.node(id, node);
        if (node.type === 'dir' && node.subtree !== undefined) subtrees.push(node.subtree);
      }
      visitor.visited?.(id);
    } catch (error) {
      visitor.failed(id, error);
    }
    // Last in, first out: the first subfolder is next, so that the list stays short.
    for (const subtree of subtrees.reverse()) push(subtree);
  };

  for (const root of roots) push(root);
  const running = new Set<Promise<void>>();
  try {
    while (waiting.length > 0 || running.size > 0) {
      signal?.throwIfAborted();
      const next = running.size < atOnce ? waiting.pop() : undefined;
      if (next === undefined) {
        await Promise.race(running);
        continue;
      }
      const task = visit(index.idAt(next)).finally(() => running.delete(task));
      running.add(task);
    }
  } finally {
    await Promise.all(running);
  }
}
