import type { Repository, Snapshot } from '@octobox/repository';
import { type VisitedNode, walkNodes } from '@octobox/repository/listing';
import { FileNotInSnapshotError } from '@octobox/repository/restore';
import { UsageError } from '../errors.ts';

export interface Listing {
  /** Absolute folders within the snapshot; empty for everything. */
  readonly folders: readonly string[];
  readonly recursive: boolean;
  readonly signal: AbortSignal;
  /** `onTheWay` is set for folders that only lead to those that are asked for. */
  readonly onNode: (visited: VisitedNode, onTheWay: boolean) => Promise<void>;
  /** Every folder that was told ends, entered or not. */
  readonly onLeave?: (path: Buffer) => Promise<void>;
}

/**
 * Everything, or each folder that is asked for together with what is in it, in the order of the snapshot, as restic
 * lists them.
 * @throws FileNotInSnapshotError when something that is asked for is not there
 */
export async function walkListing(
  repository: Repository,
  snapshot: Snapshot,
  listing: Listing,
): Promise<void> {
  const { recursive, signal, onNode, onLeave } = listing;
  const wanted = listing.folders.map(withoutEndSlash);
  const missing = new Set(wanted.filter((path) => !isRoot(path)));
  const all = wanted.length === 0;
  await repository.loadIndex({ signal });
  await walkNodes(
    repository,
    Buffer.from(snapshot.tree, 'hex'),
    {
      node: async (visited) => {
        const { path, node } = visited;
        for (const one of missing) if (one.equals(path)) missing.delete(one);
        const within = all || wanted.some((folder) => isBelow(folder, path));
        const leads = all || wanted.some((folder) => isBelow(path, folder));
        if (!within && !leads) return false;
        await onNode(visited, !within);
        const enter = leads || recursive;
        if (!enter && node.type === 'dir') await onLeave?.(path);
        return enter;
      },
      ...(onLeave === undefined ? {} : { leave: onLeave }),
    },
    { signal },
  );
  for (const path of missing) throw new FileNotInSnapshotError(path);
}

function withoutEndSlash(folder: string): Buffer {
  if (!folder.startsWith('/')) {
    throw new UsageError(`${folder} is not an absolute path`, {
      advice: 'Paths within a snapshot begin with /, as ls shows them.',
    });
  }
  return Buffer.from(folder.replace(/(?<=.)\/+$/, ''));
}

const slash = 0x2f;

const isRoot = (path: Buffer): boolean => path.length === 1;

/** Whether `path` is the folder or lies in it. */
const isBelow = (folder: Buffer, path: Buffer): boolean =>
  isRoot(folder) ||
  (path.length >= folder.length &&
    path.subarray(0, folder.length).equals(folder) &&
    (path.length === folder.length || path[folder.length] === slash));
