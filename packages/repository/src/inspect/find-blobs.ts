/** Where in snapshots blobs, trees or the blobs of packs are used. */
import { RepositoryError } from '../errors.ts';
import type { BlobType } from '../format/blob.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { VisitorError, walkNodes } from './walk-nodes.ts';

export interface FoundBlob {
  readonly type: BlobType;
  readonly id: Buffer;
  /** Of the file that has the blob, or of the folder whose tree it is. */
  readonly path: Buffer;
  /** For data: the tree that names the file. */
  readonly parentTree?: Buffer | undefined;
}

export interface FindBlobsOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onFound: (found: FoundBlob) => void;
  readonly onFailed?: ((tree: Buffer, error: unknown) => void) | undefined;
}

/** A pack that is in no index. */
export class PackUnknownError extends RepositoryError {
  constructor(names: readonly string[]) {
    super('repository.pack-unknown', `no index names the pack ${names.join(', ')}`, {
      advice: 'Give whole ids or their first 8 digits, as `list packs` shows them.',
    });
  }
}

/** How many digits restic shows of an id, and takes for one. */
const SHORT = 8;

/** Ids as users give them: whole, or their first eight digits. */
export class IdSet {
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#names = new Set([...names].map((name) => name.toLowerCase()));
  }

  get size(): number {
    return this.#names.size;
  }

  has(id: Buffer): boolean {
    const name = id.toString('hex');
    return this.#names.has(name) || this.#names.has(name.slice(0, SHORT));
  }
}

export interface BlobSearch {
  readonly data: IdSet;
  readonly trees: IdSet;
}

/** The blobs that packs hold, by the index. @throws PackUnknownError */
export function blobsOfPacks({ index }: Repository, packs: readonly string[]): BlobSearch {
  const found: Record<BlobType, Set<string>> = { data: new Set(), tree: new Set() };
  const left = new Set(packs.map((name) => name.toLowerCase()));
  const meant = [...left];
  const isMeant = new Map<number, boolean>();
  for (let entry = 0; entry < index.entryCount; entry++) {
    if (!index.isStored(entry)) continue;
    const number = index.packAt(entry);
    let wanted = isMeant.get(number);
    if (wanted === undefined) {
      const name = index.packName(number);
      const hit = meant.find((given) => given === name || given === name.slice(0, SHORT));
      wanted = hit !== undefined;
      if (hit !== undefined) left.delete(hit);
      isMeant.set(number, wanted);
    }
    if (wanted) found[index.typeAt(entry)].add(index.idAt(entry).toString('hex'));
  }
  if (left.size > 0) throw new PackUnknownError([...left]);
  return { data: new IdSet(found.data), trees: new IdSet(found.tree) };
}

class AllFound extends VisitorError {}

/** One search through as many snapshots as one likes. Ends early when only trees are wanted and all were seen. */
export class BlobFinder {
  readonly #search: BlobSearch;
  #treesFound = 0;

  constructor(search: BlobSearch) {
    this.#search = search;
  }

  /** Takes no lock: the caller holds one. Needs the index. */
  async find(
    repository: Repository,
    snapshot: Pick<Snapshot, 'tree'>,
    options: FindBlobsOptions,
  ): Promise<void> {
    const { data } = this.#search;
    const root = Buffer.from(snapshot.tree, 'hex');
    try {
      this.#tree(root, Buffer.from('/'), options);
      await walkNodes(
        repository,
        root,
        {
          node: ({ path, node, tree }) => {
            if (node.subtree !== undefined) this.#tree(node.subtree, path, options);
            if (node.type === 'file' && data.size > 0) {
              for (const id of node.content ?? []) {
                if (data.has(id)) options.onFound({ type: 'data', id, path, parentTree: tree });
              }
            }
            return true;
          },
          ...(options.onFailed === undefined
            ? {}
            : { failed: (tree: Buffer, _: Buffer, error: unknown) => options.onFailed?.(tree, error) }),
        },
        { signal: options.signal },
      );
    } catch (error) {
      if (!(error instanceof AllFound)) throw error;
    }
  }

  #tree(id: Buffer, path: Buffer, options: FindBlobsOptions): void {
    const { data, trees } = this.#search;
    if (!trees.has(id)) return;
    options.onFound({ type: 'tree', id, path });
    this.#treesFound++;
    if (this.#treesFound >= trees.size && data.size === 0) throw new AllFound();
  }
}
