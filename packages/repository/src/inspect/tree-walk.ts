/**
 * Visits every tree that a list of root trees reaches, each one once, in bounded memory: one bit and, while
 * it waits, one number for each tree.
 */
import { BlobMissingError } from '../errors.ts';
import { lookIntoBlob } from '../format/blob.ts';
import { type NodeLinks, visitTreeLinks } from '../format/trees/tree-links.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { BlobLocation, BlobTable } from '../store/index/blob-table.ts';
import type { PackReaderParts } from '../store/packs/pack-reader.ts';

export interface TreeSource {
  readonly index: BlobTable;
  readonly treePacks: PackReaderParts;
  /** The plain bytes of a blob, verified; looks for every copy. */
  loadBlob(type: 'tree', id: Buffer): Promise<Buffer>;
}

export interface TreeVisitor {
  /** A node of a tree. Subtrees are followed by the walk itself. Must not throw, and lasts only during the call. */
  node(tree: Buffer, links: NodeLinks): void;
  /** The tree is in no index, cannot be read, or is no tree; what it would reach is not visited. */
  failed(tree: Buffer, error: unknown): void;
  /** A tree was read to its end. */
  visited?(tree: Buffer, entry: number): void;
}

/** How many trees are fetched at the same time. */
const atOnce = 8;

export async function walkTrees(
  source: TreeSource,
  roots: Iterable<Buffer>,
  visitor: TreeVisitor,
  signal?: AbortSignal,
  /** Trees that earlier walks visited, and that this one adds to. */
  seen = new BitSet(source.index.entryCount),
): Promise<void> {
  const walk = new TreeWalk(source, visitor, seen, signal);
  for (const root of roots) walk.push(root);
  await walk.run();
}

class TreeWalk {
  readonly #source: TreeSource;
  readonly #visitor: TreeVisitor;
  readonly #seen: BitSet;
  readonly #signal: AbortSignal | undefined;
  readonly #missing = new Set<string>();
  readonly #waiting: number[] = [];
  #busy = 0;
  #hasFailed = false;
  /** Walkers that have nothing to do until another one finds more. */
  #idle: (() => void)[] = [];

  constructor(source: TreeSource, visitor: TreeVisitor, seen: BitSet, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#visitor = visitor;
    this.#seen = seen;
    this.#signal = signal;
  }

  push(id: Uint8Array): void {
    const entry = this.#source.index.firstOf('tree', id);
    if (entry !== -1) {
      if (this.#seen.add(entry)) this.#waiting.push(entry);
      return;
    }
    const tree = Buffer.from(id);
    const name = tree.toString('hex');
    if (this.#missing.has(name)) return;
    this.#missing.add(name);
    this.#visitor.failed(tree, new BlobMissingError('tree', name));
  }

  async run(): Promise<void> {
    const results = await Promise.allSettled(Array.from({ length: atOnce }, () => this.#walker()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #walker(): Promise<void> {
    while (!this.#hasFailed) {
      const next = this.#waiting.pop();
      if (next === undefined) {
        if (this.#busy === 0) return;
        await new Promise<void>((resolve) => this.#idle.push(resolve));
        continue;
      }
      this.#busy++;
      try {
        this.#signal?.throwIfAborted();
        await this.#visit(next);
      } catch (error) {
        this.#hasFailed = true;
        throw error;
      } finally {
        this.#busy--;
        for (const wake of this.#idle.splice(0)) wake();
      }
    }
  }

  async #visit(entry: number): Promise<void> {
    const tree = this.#source.index.idAt(entry);
    let before = this.#waiting.length;
    try {
      const location = this.#source.index.locationAt(entry);
      const sealed = await this.#read(location);
      // What is looked into lies in memory that the next one takes: nothing may come between.
      const bytes = this.#lookInto(location, tree, sealed) ?? (await this.#source.loadBlob('tree', tree));
      before = this.#waiting.length;
      visitTreeLinks(bytes, (links) => {
        this.#visitor.node(tree, links);
        if (links.subtree !== undefined) this.push(links.subtree);
      });
      this.#visitor.visited?.(tree, entry);
    } catch (error) {
      this.#visitor.failed(tree, error);
    }
    // Last in, first out: the first subfolder is next, so that the list stays short.
    reverseFrom(this.#waiting, before);
  }

  /** Undefined when something is wrong: then the other copies count, or the error that comes of them. */
  async #read({ pack, offset, length }: BlobLocation): Promise<Uint8Array | undefined> {
    try {
      return await this.#source.treePacks.storage.read(
        { kind: 'data', name: pack },
        { offset, length },
        { signal: this.#signal },
      );
    } catch {
      return undefined;
    }
  }

  #lookInto(
    { uncompressedLength }: BlobLocation,
    tree: Buffer,
    sealed: Uint8Array | undefined,
  ): Buffer | undefined {
    if (sealed === undefined) return undefined;
    try {
      return lookIntoBlob(this.#source.treePacks.keys, tree, sealed, uncompressedLength);
    } catch {
      return undefined;
    }
  }
}

function reverseFrom(list: number[], start: number): void {
  for (let low = start, high = list.length - 1; low < high; low++, high--) {
    const number = list[low] as number;
    list[low] = list[high] as number;
    list[high] = number;
  }
}
