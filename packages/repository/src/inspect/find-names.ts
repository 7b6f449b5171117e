/** Entries of snapshots by pattern and time. */
import { PatternList, type PatternOptions } from '../filesystem/patterns.ts';
import type { Node } from '../format/trees/node.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { walkNodes } from './walk-nodes.ts';

export interface NameSearch {
  /** A pattern alone each: one that begins with `!` takes back nothing of another. */
  readonly patterns: readonly (string | Buffer)[];
  readonly ignoreCase?: boolean | undefined;
  /** Nanoseconds since 1970; entries that were modified before are left out. */
  readonly oldest?: bigint | undefined;
  /** The same for those modified later. */
  readonly newest?: bigint | undefined;
}

export interface FoundNode {
  readonly path: Buffer;
  readonly node: Node;
}

export interface FindOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onFound: (found: FoundNode) => void | Promise<void>;
  /** A folder that cannot be read; the search goes on behind it. Without it the search throws. */
  readonly onFailed?: ((tree: Buffer, error: unknown) => void) | undefined;
}

/** One search through as many snapshots as one likes. @throws InvalidPatternError when it is made */
export class NameFinder {
  readonly #lists: readonly PatternList[];
  readonly #search: NameSearch;

  constructor(search: NameSearch) {
    this.#search = search;
    const options: PatternOptions = { ignoreCase: search.ignoreCase ?? false };
    this.#lists = search.patterns.map((pattern) => new PatternList([pattern], options));
  }

  /** Takes no lock: the caller holds one. */
  async find(repository: Repository, snapshot: Pick<Snapshot, 'tree'>, options: FindOptions): Promise<void> {
    await repository.loadIndex({ signal: options.signal });
    await walkNodes(
      repository,
      Buffer.from(snapshot.tree, 'hex'),
      {
        node: ({ path, node }) => {
          const enter = node.type === 'dir' && this.#lists.some((list) => list.match(path).childMayMatch);
          if (!this.#isMeant(path, node)) return enter;
          const told = options.onFound({ path, node });
          return told === undefined ? enter : told.then(() => enter);
        },
        ...(options.onFailed === undefined
          ? {}
          : { failed: (tree: Buffer, _: Buffer, error: unknown) => options.onFailed?.(tree, error) }),
      },
      { signal: options.signal },
    );
  }

  #isMeant(path: Buffer, node: Node): boolean {
    const { oldest, newest } = this.#search;
    if (oldest !== undefined && node.mtime < oldest) return false;
    if (newest !== undefined && node.mtime > newest) return false;
    return this.#lists.some((list) => list.matches(path));
  }
}
