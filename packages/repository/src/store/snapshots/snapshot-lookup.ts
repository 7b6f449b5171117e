/** Finds the snapshot that a user means, and the folder in it. */
import type { StorageOptions } from '@octobox/storage';
import { DamagedTreeError, FolderMissingError, FormatError } from '../../errors.ts';
import { decodeTree } from '../../format/trees/tree.ts';
import { latestSnapshot, type Snapshot, type SnapshotFilter, splitName, uniquePrefix } from './snapshots.ts';

/** What a look-up needs of a repository. */
export interface SnapshotSource {
  listFiles(kind: 'snapshot', options?: StorageOptions): Promise<Map<string, number>>;
  snapshots(options?: StorageOptions): AsyncIterable<Snapshot>;
  readSnapshot(id: string, options?: StorageOptions): Promise<Snapshot>;
  /** Loads the index unless it is loaded. */
  loadTreeBlob(id: Buffer, options?: StorageOptions): Promise<Buffer>;
}

export async function findSnapshot(
  source: SnapshotSource,
  name: string,
  filter: SnapshotFilter,
  options?: StorageOptions,
): Promise<Snapshot> {
  const wanted = splitName(name);
  const snapshot = await findWhole(source, wanted.snapshot, filter, options);
  if (wanted.folder === '') return snapshot;
  let tree: Buffer = Buffer.from(snapshot.tree, 'hex');
  for (const part of wanted.folder.split('/').filter((each) => each !== '' && each !== '.')) {
    const subtree = findSubtree(tree, await source.loadTreeBlob(tree, options), Buffer.from(part));
    if (subtree === undefined) throw new FolderMissingError(snapshot.id, wanted.folder);
    tree = subtree;
  }
  return { ...snapshot, tree: tree.toString('hex') };
}

async function findWhole(
  source: SnapshotSource,
  name: string,
  filter: SnapshotFilter,
  options?: StorageOptions,
): Promise<Snapshot> {
  if (name === 'latest') return latestSnapshot(source.snapshots(options), filter);
  return source.readSnapshot(
    uniquePrefix(name, (await source.listFiles('snapshot', options)).keys()),
    options,
  );
}

/** Looks at one node at a time: a folder may have a million. */
function findSubtree(tree: Buffer, bytes: Buffer, name: Buffer): Buffer | undefined {
  try {
    for (const node of decodeTree(bytes)) {
      if (node.name.equals(name)) return node.type === 'dir' ? node.subtree : undefined;
    }
    return undefined;
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new DamagedTreeError(tree.toString('hex'), cause.message, { cause });
  }
}
