/** What differs between two folders, one entry at a time, for who stops in between and goes on later. */
import type { Node } from '../format/trees/node.ts';
import { joinPath, splitNames } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import { type EntryOptions, entriesOf } from './entries.ts';
import { modifierOf, subtreeOf } from './node-changes.ts';
import { pairNodes } from './pair-nodes.ts';

export interface Difference {
  /** absolute within the snapshots */
  readonly path: Buffer;
  /** As `diffSnapshots` has them; empty: it is the same, and was looked at. */
  readonly modifier: string;
  readonly before?: Node;
  readonly after?: Node;
}

export interface DifferenceOptions extends Omit<EntryOptions, 'recursive'> {
  /** Tells changes of metadata as well. */
  readonly metadata?: boolean | undefined;
}

/**
 * The entries of both in the order of their paths, but for those in subtrees that are the same, which are not read. At any
 * time no more is in memory than a tree blob of both for each folder on the way. Needs the index. @throws what reading
 * trees throws
 */
export function differencesOf(
  repository: Repository,
  before: Buffer,
  after: Buffer,
  options: DifferenceOptions = {},
): AsyncGenerator<Difference, void, void> {
  const { folder = Buffer.from('/'), after: place } = options;
  const names = place === undefined ? [] : splitNames(place).slice(splitNames(folder).length);
  return compare(repository, [before, after], folder, names, options);
}

async function* compare(
  repository: Repository,
  [left, right]: readonly [Buffer, Buffer],
  folder: Buffer,
  [last, ...deeper]: readonly Buffer[],
  options: DifferenceOptions,
): AsyncGenerator<Difference, void, void> {
  const { signal, metadata } = options;
  for await (const [before, after] of pairNodes(repository, left, right, { signal })) {
    signal?.throwIfAborted();
    const node = (after ?? before) as Node;
    const order = last === undefined ? 1 : Buffer.compare(node.name, last);
    if (order < 0) continue;
    const path = joinPath(folder, node.name);
    const names = order === 0 ? deeper : [];
    if (before === undefined || after === undefined) {
      yield* oneSide(repository, path, node, after === undefined ? 'before' : 'after', { order, options });
      continue;
    }
    if (order > 0) yield { path, modifier: modifierOf(before, after, metadata), before, after };
    const [was, is] = [subtreeOf(before), subtreeOf(after)];
    if (was !== undefined && is !== undefined && !was.equals(is))
      yield* compare(repository, [was, is], path, names, options);
  }
}

/** Everything below is on this side only, too. */
async function* oneSide(
  repository: Repository,
  path: Buffer,
  node: Node,
  side: 'before' | 'after',
  { order, options: { after, signal } }: { order: number; options: DifferenceOptions },
): AsyncGenerator<Difference, void, void> {
  const modifier = side === 'before' ? '-' : '+';
  if (order > 0) yield { path, modifier, [side]: node };
  const tree = subtreeOf(node);
  if (tree === undefined) return;
  const below = { folder: path, recursive: true, signal, ...(order === 0 ? { after } : {}) };
  for await (const entry of entriesOf(repository, tree, below))
    yield { path: entry.path, modifier, [side]: entry.node };
}
