import { dumpNode } from '../restore/dump-file.ts';
import { findNode } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { type ArchiveOptions, archiveFolder } from './archive-folder.ts';

export interface Dump {
  readonly isArchive: boolean;
  /** Ends normally only after the last byte. */
  readonly content: AsyncGenerator<Buffer, void, void>;
}

/**
 * What a path of a snapshot holds as one stream: the content of a file, or a folder as an archive.
 * Takes no lock: the caller holds one for as long as it reads.
 */
export async function dumpPath(
  repository: Repository,
  snapshot: Pick<Snapshot, 'tree'>,
  path: Buffer | string,
  options: ArchiveOptions,
): Promise<Dump> {
  await repository.loadIndex({ signal: options.signal });
  const node = await findNode(repository, Buffer.from(snapshot.tree, 'hex'), path, options.signal);
  if (node === undefined || node.type === 'dir') {
    return { isArchive: true, content: archiveFolder(repository, snapshot, path, options) };
  }
  return { isArchive: false, content: dumpNode(repository, node, path, options) };
}
