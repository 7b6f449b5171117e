import { extname } from 'node:path';
import type { VisitedNode } from '@octobox/repository';

export const SORT_MODES = ['name', 'size', 'time', 'mtime', 'atime', 'ctime', 'extension'] as const;
export type SortMode = (typeof SORT_MODES)[number];

type Order = (a: VisitedNode, b: VisitedNode) => number;

const rising = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const size = ({ node }: VisitedNode): bigint => (node.type === 'file' ? node.size : 0n);
const extension = ({ path }: VisitedNode): string => extname(path.toString('latin1'));
const byExtension: Order = (a, b) => Buffer.compare(Buffer.from(extension(a)), Buffer.from(extension(b)));

const orders: Readonly<Record<Exclude<SortMode, 'name'>, Order>> = {
  size: (a, b) => rising(size(a), size(b)),
  time: (a, b) => rising(a.node.mtime, b.node.mtime),
  mtime: (a, b) => rising(a.node.mtime, b.node.mtime),
  atime: (a, b) => rising(a.node.atime, b.node.atime),
  ctime: (a, b) => rising(a.node.ctime, b.node.ctime),
  extension: byExtension,
};

/** In place; equal ones by their path. By name nothing is moved: entries come in that order. */
export function sortEntries(entries: VisitedNode[], mode: SortMode, reverse: boolean): void {
  if (mode !== 'name') {
    const order = orders[mode];
    entries.sort((a, b) => order(a, b) || Buffer.compare(a.path, b.path));
  }
  if (reverse) entries.reverse();
}
