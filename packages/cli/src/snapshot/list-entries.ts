import { dirname } from 'node:path/posix';
import { type ListedNode, listNodes, type Repository, type Snapshot } from '@octobox/repository';
import { UsageError } from '../errors.ts';

export interface ListRequest {
  /** Absolute folders within the snapshot; empty for everything. */
  readonly folders: readonly string[];
  readonly recursive: boolean;
  readonly signal: AbortSignal;
}

/** Everything, or each folder that is asked for together with what is in it, as restic lists them. */
export async function* listEntries(
  repository: Repository,
  snapshot: Snapshot,
  { folders, recursive, signal }: ListRequest,
): AsyncGenerator<ListedNode> {
  if (folders.length === 0) yield* listNodes(repository, snapshot, { recursive: true, signal });
  for (const folder of folders) {
    if (!folder.startsWith('/')) {
      throw new UsageError(`${folder} is not an absolute path`, {
        advice: 'Paths within a snapshot begin with /, as ls shows them.',
      });
    }
    const self = folder.replace(/(?<=.)\/+$/, '');
    if (self !== '/') {
      for await (const entry of listNodes(repository, snapshot, { path: dirname(self), signal })) {
        if (entry.path.equals(Buffer.from(self)) && entry.node.type === 'dir') yield entry;
      }
    }
    yield* listNodes(repository, snapshot, { path: self, recursive, signal });
  }
}
