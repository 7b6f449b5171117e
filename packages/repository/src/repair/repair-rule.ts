/** What `repair snapshots` makes of damaged folders and files: the rules of restic's verb of that name. */

import { quote } from '../format/go/go-quote.ts';
import { SEAL_OVERHEAD } from '../format/sealing/crypto.ts';
import type { Node } from '../format/trees/node.ts';
import type { RewriteRule } from '../rewrite/tree-rewriter.ts';
import type { BlobTable } from '../store/index/blob-table.ts';

export interface Repaired {
  /** As it is shown: what is not printable is escaped. */
  readonly path: string;
  readonly change:
    | 'content-removed'
    | 'size-corrected'
    | 'entry-removed'
    | 'folder-emptied'
    | 'root-unreadable';
}

/**
 * Needs the index of the repository.
 * - a folder that cannot be read becomes an empty one; a snapshot whose root cannot be read goes
 * - of a file the parts that are in no index are left out, and its size is what is left
 * - entries of a type that no backup knows go
 */
export function repairRule(index: BlobTable, onRepaired: (repaired: Repaired) => void): RewriteRule {
  const tell = (path: Buffer, change: Repaired['change']): void => onRepaired({ path: quote(path), change });
  return {
    allowsLoss: true,
    ignoresPath: true,
    node(node, path) {
      if (node.type === 'irregular' || node.type === '') {
        tell(path, 'entry-removed');
        return undefined;
      }
      return node.type === 'file' ? repairFile(node, path) : node;
    },
    unreadable(path) {
      const isRoot = path.length === 1;
      tell(path, isRoot ? 'root-unreadable' : 'folder-emptied');
      return isRoot ? 'removed' : 'empty';
    },
  };

  function repairFile(node: Node, path: Buffer): Node {
    const content: Buffer[] = [];
    let size = 0n;
    for (const id of node.content ?? []) {
      const [place] = index.lookup('data', id);
      if (place === undefined) continue;
      content.push(id);
      size += BigInt(place.uncompressedLength || place.length - SEAL_OVERHEAD);
    }
    if (content.length !== (node.content ?? []).length) tell(path, 'content-removed');
    else if (size !== node.size) tell(path, 'size-corrected');
    return { ...node, content, size };
  }
}
