import type { Node } from '../format/trees/node.ts';
import { decodeTree } from '../format/trees/tree.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { findNode, joinPath, splitNames } from './snapshot-path.ts';

export interface ListOptions {
  /** The folder whose entries are listed, or one other entry; the root of the snapshot when absent. */
  readonly path?: Buffer | string;
  /** Enters folders; only the entries of the folder itself when false or absent. */
  readonly recursive?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ListedNode {
  /** absolute within the snapshot: `/folder/file` */
  readonly path: Buffer;
  readonly node: Node;
}

/**
 * The entries of a snapshot in the order of their names, a folder before what is in it.
 * Takes no lock: the caller holds one for as long as it reads.
 * @throws FileNotInSnapshotError, NotAFolderError, and what reading trees throws
 */
export async function* listNodes(
  repository: Repository,
  snapshot: Snapshot,
  options: ListOptions = {},
): AsyncGenerator<ListedNode, void, void> {
  await repository.loadIndex({ signal: options.signal });
  const root = Buffer.from(snapshot.tree, 'hex');
  const names = splitNames(options.path ?? '/');
  const path = names.reduce(joinPath, Buffer.from('/'));
  const node = await findNode(repository, root, path, options.signal);
  if (node === undefined) yield* listTree(repository, root, path, options);
  else if (node.type === 'dir' && node.subtree !== undefined)
    yield* listTree(repository, node.subtree, path, options);
  else yield { path, node };
}

async function* listTree(
  repository: Repository,
  tree: Buffer,
  folder: Buffer,
  options: ListOptions,
): AsyncGenerator<ListedNode, void, void> {
  options.signal?.throwIfAborted();
  for (const node of decodeTree(await repository.loadBlob('tree', tree, { signal: options.signal }))) {
    const path = joinPath(folder, node.name);
    yield { path, node };
    if (options.recursive && node.type === 'dir' && node.subtree !== undefined) {
      yield* listTree(repository, node.subtree, path, options);
    }
  }
}
