/** The nodes of a snapshot, one after another. */
export { type NodeVisitor, type VisitedNode, type WalkOptions, walkNodes } from '../inspect/walk-nodes.ts';
export { type ListedNode, type ListOptions, listNodes } from '../restore/list-nodes.ts';
