import type { Node } from '../format/trees/node.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { FileNotInSnapshotError, NotAFileError } from './restore-errors.ts';
import { findNode } from './snapshot-path.ts';

export interface DumpOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Blobs on their way while one is taken: at most 8 MiB each. */
const readAhead = 4;

/**
 * The content of one file, blob by blob, each one verified. It ends normally only after the last byte.
 * Takes no lock: the caller holds one for as long as it reads.
 * @throws FileNotInSnapshotError, NotAFileError, BlobMissingError, DamagedFileError
 */
export async function* dumpFile(
  repository: Repository,
  snapshot: Snapshot,
  path: Buffer | string,
  options: DumpOptions = {},
): AsyncGenerator<Buffer, void, void> {
  await repository.loadIndex({ signal: options.signal });
  const node = await findNode(repository, Buffer.from(snapshot.tree, 'hex'), path, options.signal);
  if (node === undefined) throw new FileNotInSnapshotError(path);
  yield* dumpNode(repository, node, path, options);
}

/** The same for a node that is at hand. Needs the index. */
export async function* dumpNode(
  repository: Repository,
  node: Node,
  path: Buffer | string,
  options: DumpOptions = {},
): AsyncGenerator<Buffer, void, void> {
  if (node.type !== 'file') throw new NotAFileError(path, node.type);
  yield* readContent(repository, node.content ?? [], options);
}

/** The plain bytes of a list of data blobs, one blob at a time. Needs the index. */
export async function* readContent(
  repository: Repository,
  ids: readonly Buffer[],
  options: DumpOptions = {},
): AsyncGenerator<Buffer, void, void> {
  const coming: Promise<Buffer>[] = [];
  const start = (id: Buffer | undefined): void => {
    if (id === undefined) return;
    const read = repository.loadBlob('data', id, { signal: options.signal });
    // Awaited below in order; until then a failure must not count as unhandled.
    read.catch(() => {});
    coming.push(read);
  };
  for (const id of ids.slice(0, readAhead)) start(id);
  for (let at = 0; at < ids.length; at++) {
    options.signal?.throwIfAborted();
    const blob = await (coming.shift() as Promise<Buffer>);
    start(ids[at + readAhead]);
    yield blob;
  }
}
