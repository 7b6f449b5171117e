/** Visits the entries of a snapshot in their order: a folder, then what is in it, then the next. */
import { setImmediate } from 'node:timers/promises';
import type { Node } from '../format/trees/node.ts';
import { joinPath } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import { readTree } from './read-tree.ts';

export interface VisitedNode {
  /** absolute within the snapshot: `/folder/file` */
  readonly path: Buffer;
  readonly node: Node;
  /** Id of the tree that holds the node. */
  readonly tree: Buffer;
}

export interface NodeVisitor {
  /** What it gives for a folder says whether to enter it; a promise is waited for. */
  node(visited: VisitedNode): boolean | Promise<boolean>;
  /** A folder that was entered ends. Not called for the root. */
  leave?(path: Buffer): void | Promise<void>;
  /**
   * A tree cannot be read, or only in part; the walk goes on behind the folder. Without it the walk throws.
   */
  failed?(tree: Buffer, path: Buffer, error: unknown): void;
}

export interface WalkOptions {
  /** The path that the tree has in the snapshot; `/` when absent. */
  readonly path?: Buffer;
  readonly signal?: AbortSignal | undefined;
}

/** Needs the index. @throws what reading trees throws, unless the visitor takes failures */
export async function walkNodes(
  repository: Repository,
  tree: Buffer,
  visitor: NodeVisitor,
  options: WalkOptions = {},
): Promise<void> {
  const { path = Buffer.from('/'), signal } = options;
  // Trees that are at hand take no turn of the event loop, and without one nobody could end the walk.
  await setImmediate();
  try {
    for await (const part of readTree(repository, tree, { signal })) {
      for (const node of part) {
        signal?.throwIfAborted();
        const place = joinPath(path, node.name);
        const answer = visitor.node({ path: place, node, tree });
        const enter = typeof answer === 'boolean' ? answer : await answer;
        if (!enter || node.type !== 'dir' || node.subtree === undefined) continue;
        await walkNodes(repository, node.subtree, visitor, { path: place, signal });
        await visitor.leave?.(place);
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (visitor.failed === undefined || error instanceof VisitorError) throw error;
    visitor.failed(tree, path, error);
  }
}

/** Thrown by a visitor to end the walk, whatever takes failures of trees. */
export class VisitorError extends Error {}
