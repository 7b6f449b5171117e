/**
 * What differs between two snapshots, or two folders of them. Subtrees that are the same are compared by their id
 * alone; of blobs one bit each is held.
 */
import { SEAL_OVERHEAD } from '../format/sealing/crypto.ts';
import type { Node } from '../format/trees/node.ts';
import { joinPath } from '../restore/snapshot-path.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { modifierOf, subtreeOf } from './node-changes.ts';
import { pairNodes } from './pair-nodes.ts';
import { walkNodes } from './walk-nodes.ts';

export interface SnapshotChange {
  /** Folders end in `/`. */
  readonly path: Buffer;
  /**
   * restic's letters: `+` added, `-` removed, and those of `modifierOf`.
   */
  readonly modifier: string;
}

export interface DiffCounts {
  readonly files: number;
  readonly dirs: number;
  readonly others: number;
  readonly dataBlobs: number;
  readonly treeBlobs: number;
  /** plain bytes of these blobs */
  readonly bytes: number;
}

export interface DiffStatistics {
  readonly changedFiles: number;
  readonly added: DiffCounts;
  readonly removed: DiffCounts;
  /** Folders that could not be read, and blobs that are in no index. */
  readonly problems: number;
}

export interface DiffOptions {
  /** Tells changes of metadata as well. */
  readonly metadata?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onChange: (change: SnapshotChange) => void | Promise<void>;
  readonly onProblem?: ((message: string) => void) | undefined;
}

type Side = 'before' | 'after';
type Kinds = { files: number; dirs: number; others: number };

/** Takes no lock: the caller holds one. @throws what reading the two root trees throws */
export async function diffSnapshots(
  repository: Repository,
  before: Pick<Snapshot, 'tree'>,
  after: Pick<Snapshot, 'tree'>,
  options: DiffOptions,
): Promise<DiffStatistics> {
  await repository.loadIndex({ signal: options.signal });
  return await new Comparison(repository, options).run(
    Buffer.from(before.tree, 'hex'),
    Buffer.from(after.tree, 'hex'),
  );
}

class Comparison {
  readonly #repository: Repository;
  readonly #options: DiffOptions;
  readonly #blobs: Readonly<Record<Side | 'common', BitSet>>;
  readonly #kinds: Readonly<Record<Side, Kinds>> = {
    before: { files: 0, dirs: 0, others: 0 },
    after: { files: 0, dirs: 0, others: 0 },
  };
  #changedFiles = 0;
  #problems = 0;

  constructor(repository: Repository, options: DiffOptions) {
    this.#repository = repository;
    this.#options = options;
    const bits = (): BitSet => new BitSet(repository.index.entryCount);
    this.#blobs = { before: bits(), after: bits(), common: bits() };
  }

  async run(before: Buffer, after: Buffer): Promise<DiffStatistics> {
    this.#mark('before', 'tree', before);
    this.#mark('after', 'tree', after);
    await this.#compare(Buffer.from('/'), before, after);
    const [removed, added] = this.#sums();
    return { changedFiles: this.#changedFiles, added, removed, problems: this.#problems };
  }

  async #compare(folder: Buffer, before: Buffer, after: Buffer): Promise<void> {
    const { signal } = this.#options;
    for await (const [old, young] of pairNodes(this.#repository, before, after, { signal })) {
      signal?.throwIfAborted();
      if (old !== undefined) this.#markNode('before', old);
      if (young !== undefined) this.#markNode('after', young);
      if (old !== undefined && young !== undefined) await this.#both(folder, old, young);
      else if (old !== undefined) await this.#oneSide('before', folder, old);
      else if (young !== undefined) await this.#oneSide('after', folder, young);
    }
  }

  async #both(folder: Buffer, old: Node, young: Node): Promise<void> {
    const modifier = modifierOf(old, young, this.#options.metadata);
    if (modifier.startsWith('M')) this.#changedFiles++;
    const path = placeOf(folder, young);
    if (modifier !== '') await this.#options.onChange({ path, modifier });
    const [before, after] = [subtreeOf(old), subtreeOf(young)];
    if (before === undefined || after === undefined) return;
    if (before.equals(after)) await this.#walk(before, path, (node) => this.#markNode('common', node));
    else await this.#attempt(path, () => this.#compare(path, before, after));
  }

  /** Everything below is on this side only, too. */
  async #oneSide(side: Side, folder: Buffer, top: Node): Promise<void> {
    const modifier = side === 'before' ? '-' : '+';
    const tell = async (path: Buffer, node: Node): Promise<void> => {
      count(this.#kinds[side], node);
      await this.#options.onChange({ path: withSlash(path, node), modifier });
    };
    const path = joinPath(folder, top.name);
    await tell(path, top);
    const subtree = subtreeOf(top);
    if (subtree === undefined) return;
    await this.#walk(subtree, path, async (node, place) => {
      await tell(place, node);
      this.#markNode(side, node);
    });
  }

  async #walk(
    tree: Buffer,
    path: Buffer,
    visit: (node: Node, path: Buffer) => void | Promise<void>,
  ): Promise<void> {
    const { signal } = this.#options;
    await walkNodes(
      this.#repository,
      tree,
      {
        node: ({ node, path: place }) => {
          const answer = visit(node, place);
          return answer === undefined ? true : answer.then(() => true);
        },
        failed: (_, place, error) => this.#problem(place, error),
      },
      { path, signal },
    );
  }

  async #attempt(path: Buffer, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      this.#problem(path, error);
    }
  }

  #problem(path: Buffer, error: unknown): void {
    this.#problems++;
    this.#options.onProblem?.(
      `${path.toString()}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  #markNode(side: Side | 'common', node: Node): void {
    if (node.type === 'file') for (const id of node.content ?? []) this.#mark(side, 'data', id);
    else if (node.subtree !== undefined) this.#mark(side, 'tree', node.subtree);
  }

  #mark(side: Side | 'common', type: 'data' | 'tree', id: Buffer): void {
    const entry = this.#repository.index.entriesOf(type, id)[0];
    if (entry !== undefined) this.#blobs[side].add(entry);
    else {
      this.#problems++;
      this.#options.onProblem?.(`${type} blob ${id.toString('hex')} is in no index`);
    }
  }

  /** What is on one side and neither on the other nor in subtrees that both have. */
  #sums(): [DiffCounts, DiffCounts] {
    const { before, after, common } = this.#blobs;
    const { index } = this.#repository;
    const sums = [
      { ...this.#kinds.before, dataBlobs: 0, treeBlobs: 0, bytes: 0 },
      { ...this.#kinds.after, dataBlobs: 0, treeBlobs: 0, bytes: 0 },
    ] satisfies [DiffCounts, DiffCounts];
    for (let entry = 0; entry < index.entryCount; entry++) {
      const [was, is] = [before.has(entry), after.has(entry)];
      if (was === is || common.has(entry)) continue;
      const sum = was ? sums[0] : sums[1];
      const { type, length, uncompressedLength } = index.locationAt(entry);
      if (type === 'data') sum.dataBlobs++;
      else sum.treeBlobs++;
      sum.bytes += uncompressedLength === 0 ? length - SEAL_OVERHEAD : uncompressedLength;
    }
    return sums;
  }
}

const withSlash = (path: Buffer, node: Node): Buffer =>
  node.type === 'dir' ? Buffer.concat([path, Buffer.from('/')]) : path;

const placeOf = (folder: Buffer, node: Node): Buffer => withSlash(joinPath(folder, node.name), node);

function count(kinds: Kinds, node: Node): void {
  if (node.type === 'file') kinds.files++;
  else if (node.type === 'dir') kinds.dirs++;
  else kinds.others++;
}
