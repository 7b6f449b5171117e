/** Finds entries of a snapshot by their path. */
import type { Node } from '../format/trees/node.ts';
import { readTree } from '../inspect/read-tree.ts';
import type { Repository } from '../store/repository.ts';
import { FileNotInSnapshotError, NotAFolderError } from './restore-errors.ts';

const slash = 0x2f;

/** The names of a path; leading, trailing and doubled slashes mean nothing. */
export function splitNames(path: Buffer | string): Buffer[] {
  const bytes = Buffer.from(path);
  const names: Buffer[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(slash, start);
    const end = found === -1 ? bytes.length : found;
    if (end > start) names.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return names;
}

export function joinPath(folder: Buffer, name: Buffer): Buffer {
  const { length } = folder;
  const start = folder[length - 1] === slash ? length : length + 1;
  const path = Buffer.allocUnsafe(start + name.length);
  path.set(folder);
  path[start - 1] = slash;
  path.set(name, start);
  return path;
}

/**
 * The node at a path below a tree; undefined for the tree itself.
 * @throws FileNotInSnapshotError, NotAFolderError, and what reading trees throws
 */
export async function findNode(
  repository: Repository,
  tree: Buffer,
  path: Buffer | string,
  signal?: AbortSignal,
): Promise<Node | undefined> {
  let node: Node | undefined;
  let folder = tree;
  for (const name of splitNames(path)) {
    if (node !== undefined) folder = subtreeOf(node, path);
    node = await findChild(repository, folder, name, signal);
    if (node === undefined) throw new FileNotInSnapshotError(path);
  }
  return node;
}

/** The id of the tree of a folder below a tree. */
export async function findFolder(
  repository: Repository,
  tree: Buffer,
  path: Buffer | string,
  signal?: AbortSignal,
): Promise<Buffer> {
  const node = await findNode(repository, tree, path, signal);
  return node === undefined ? tree : subtreeOf(node, path);
}

function subtreeOf(node: Node, path: Buffer | string): Buffer {
  if (node.type !== 'dir' || node.subtree === undefined) throw new NotAFolderError(path, node.type);
  return node.subtree;
}

async function findChild(
  repository: Repository,
  tree: Buffer,
  name: Buffer,
  signal: AbortSignal | undefined,
): Promise<Node | undefined> {
  for await (const part of readTree(repository, tree, { signal })) {
    for (const node of part) {
      // Names rise: behind its place it does not come any more.
      const order = Buffer.compare(node.name, name);
      if (order === 0) return node;
      if (order > 0) return undefined;
    }
  }
  return undefined;
}
