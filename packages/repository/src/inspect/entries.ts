/** The entries of a snapshot one at a time, for who stops in between and goes on later. */
import type { Node } from '../format/trees/node.ts';
import { joinPath, splitNames } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import { readTree } from './read-tree.ts';

export interface Entry {
  /** absolute within the snapshot */
  readonly path: Buffer;
  readonly node: Node;
}

export interface EntryOptions {
  /** The path that the tree has in the snapshot; `/` when absent. */
  readonly folder?: Buffer | undefined;
  /** Enters folders: a folder, then what is in it, then the next. */
  readonly recursive?: boolean | undefined;
  /**
   * The path of an entry: what comes up to it, itself included, is passed over, whether it is there or not. Folders that
   * end before it are not read.
   */
  readonly after?: Buffer | undefined;
  /** Called for the tree of each folder that would be read from its beginning: when it says no, what is below is passed over. */
  readonly enter?: ((tree: Buffer) => boolean) | undefined;
  /** Called at the end of each that was entered so. */
  readonly left?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The entries of a folder in the order of their names. At any time no more is in memory than a tree blob as it is stored,
 * and a piece of it, for each folder on the way. Needs the index. @throws what reading trees throws
 */
export function entriesOf(
  repository: Repository,
  tree: Buffer,
  options: EntryOptions = {},
): AsyncGenerator<Entry, void, void> {
  const { folder = Buffer.from('/'), after } = options;
  const names = after === undefined ? [] : splitNames(after).slice(splitNames(folder).length);
  return below(repository, tree, folder, names, options);
}

async function* below(
  repository: Repository,
  tree: Buffer,
  folder: Buffer,
  [last, ...deeper]: readonly Buffer[],
  options: EntryOptions,
): AsyncGenerator<Entry, void, void> {
  const { recursive = false, enter, left, signal } = options;
  for await (const part of readTree(repository, tree, { signal })) {
    signal?.throwIfAborted();
    for (const node of part) {
      const order = last === undefined ? 1 : Buffer.compare(node.name, last);
      if (order < 0) continue;
      const path = joinPath(folder, node.name);
      if (order > 0) yield { path, node };
      if (!recursive || node.type !== 'dir' || node.subtree === undefined) continue;
      const names = order === 0 ? deeper : [];
      const isWhole = names.length === 0;
      if (isWhole && enter?.(node.subtree) === false) continue;
      yield* below(repository, node.subtree, path, names, options);
      if (isWhole) left?.();
    }
  }
}
