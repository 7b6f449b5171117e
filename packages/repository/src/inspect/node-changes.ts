/** How an entry differs between two snapshots. */
import type { Node } from '../format/trees/node.ts';
import { encodeNode } from '../format/trees/tree.ts';

/**
 * restic's letters: `T` another type, `M` other content, `M?` other content with the same metadata (a disk may have gone
 * bad), `U` other metadata when that is asked for; empty: the same.
 */
export function modifierOf(old: Node, young: Node, metadata = false): string {
  const type = old.type === young.type ? '' : 'T';
  if (old.type === 'file' && young.type === 'file' && !sameContent(old, young))
    return sameNode(withoutContent(old), withoutContent(young)) ? 'M?' : 'M';
  return metadata && !sameNode(old, young) ? `${type}U` : type;
}

export const subtreeOf = (node: Node): Buffer | undefined => (node.type === 'dir' ? node.subtree : undefined);

function sameContent(a: Node, b: Node): boolean {
  const [left, right] = [a.content, b.content];
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every((id, at) => id.equals(right[at] as Buffer));
}

const withoutContent = (node: Node): Node => ({ ...node, content: undefined });

/** The same in everything that is kept. */
const sameNode = (a: Node, b: Node): boolean => encodeNode(a) === encodeNode(b);
