/** The entries below a folder, asked for one after the other. */
import { setImmediate } from 'node:timers/promises';
import type { Node } from '../format/trees/node.ts';
import { joinPath } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import { readTree } from './read-tree.ts';

export interface ListedEntry {
  readonly path: Buffer;
  readonly node: Node;
}

export interface ListTreeOptions {
  readonly signal?: AbortSignal | undefined;
}

/** In the order of the snapshot, a folder before what is in it. Needs the index. Throws as `readTree`. */
export async function* listTree(
  repository: Repository,
  tree: Buffer,
  path: Buffer,
  options: ListTreeOptions = {},
): AsyncGenerator<ListedEntry, void, void> {
  // Trees that are at hand take no turn of the event loop, and without one nobody could end the walk.
  await setImmediate();
  for await (const part of readTree(repository, tree, options)) {
    for (const node of part) {
      options.signal?.throwIfAborted();
      const place = joinPath(path, node.name);
      yield { path: place, node };
      if (node.type === 'dir' && node.subtree !== undefined) {
        yield* listTree(repository, node.subtree, place, options);
      }
    }
  }
}
