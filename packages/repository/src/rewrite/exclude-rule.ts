import type { PatternList } from '../filesystem/patterns.ts';
import type { Node } from '../format/trees/node.ts';
import type { RewriteRule } from './tree-rewriter.ts';

/** Leaves out what any of the lists matches, with all that is below it. */
export const excludeRule = (lists: readonly PatternList[]): RewriteRule => ({
  node: (node: Node, path: Buffer) => (lists.some((list) => list.matches(path)) ? undefined : node),
});

/** Keeps only what a list matches, and the folders on the way to it. */
export const includeRule = (lists: readonly PatternList[]): RewriteRule => ({
  node(node: Node, path: Buffer) {
    const isWanted = lists.some((list) => {
      const { matched, childMayMatch } = list.match(path);
      return matched || (node.type === 'dir' && childMayMatch);
    });
    return isWanted ? node : undefined;
  },
  keepsEmpty: (path: Buffer) => lists.some((list) => list.match(path).matched),
});
