/** Tells whether snapshots or index files came or went between planning and applying. */
import { createHash } from 'node:crypto';
import type { FileKind, Storage } from '@octobox/storage';

export interface RepositoryState {
  /** SHA-256 of the sorted names of all files of the kind, hex. */
  readonly snapshots: string;
  readonly indexes: string;
}

export async function readState(storage: Storage, signal?: AbortSignal): Promise<RepositoryState> {
  return {
    snapshots: await hashNames(storage, 'snapshot', signal),
    indexes: await hashNames(storage, 'index', signal),
  };
}

async function hashNames(storage: Storage, kind: FileKind, signal: AbortSignal | undefined): Promise<string> {
  const names: string[] = [];
  for await (const { name } of storage.list(kind, { signal })) names.push(name);
  return createHash('sha256').update(names.sort().join()).digest('hex');
}
