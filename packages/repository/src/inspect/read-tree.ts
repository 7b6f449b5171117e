/** The nodes of a folder, in memory that does not grow with the folder. */
import type { StorageOptions } from '@octobox/storage';
import { DamagedTreeError, FormatError } from '../errors.ts';
import type { Node } from '../format/trees/node.ts';
import { decodeTree, decodeTreeParts } from '../format/trees/tree.ts';
import { streamBlob } from '../store/packs/blob-stream.ts';
import type { Repository } from '../store/repository.ts';

/** Trees of more plain bytes are read piece by piece. */
const LARGE_TREE = 8 * 1024 * 1024;

/**
 * The nodes of a tree in the order of their names, as many at once as are at hand. Needs the index.
 * @throws DamagedTreeError, and what `Repository.loadBlob` throws
 */
export async function* readTree(
  repository: Repository,
  id: Buffer,
  options: StorageOptions = {},
): AsyncGenerator<Iterable<Node>, void, void> {
  const isLarge = repository
    .lookup('tree', id)
    .some(({ length, uncompressedLength }) => Math.max(length, uncompressedLength) > LARGE_TREE);
  try {
    if (isLarge) {
      for await (const part of decodeTreeParts(await streamBlob(repository, 'tree', id, options))) {
        yield named(part, id);
      }
    } else yield named(decodeTree(await repository.loadBlob('tree', id, options)), id);
  } catch (error) {
    throw damaged(error, id);
  }
}

/** A part is decoded while it is looked at, so that its damage shows there. */
function* named(nodes: Iterable<Node>, id: Buffer): Generator<Node, void, void> {
  try {
    yield* nodes;
  } catch (error) {
    throw damaged(error, id);
  }
}

const damaged = (error: unknown, id: Buffer): unknown =>
  error instanceof FormatError
    ? new DamagedTreeError(id.toString('hex'), error.message, { cause: error })
    : error;
