/** So many searches and folders are remembered, for as long as the repository is held. */
const mostSearches = 4;
const mostFolders = 100_000;

/**
 * Folders below which a search found nothing, by their trees. Most of a snapshot is as it was in the one before: what was
 * looked through in one of them is passed over in all others.
 */
export class BarrenFolders {
  readonly #searches = new Map<string, Set<string>>();

  /** For one reading of what is below a folder, from any place on. */
  watch(search: string): FolderWatch {
    const known = this.#searches.get(search) ?? new Set();
    // Which was used last stands last.
    this.#searches.delete(search);
    this.#searches.set(search, known);
    const [oldest] = this.#searches.keys();
    if (this.#searches.size > mostSearches && oldest !== undefined) this.#searches.delete(oldest);
    return new FolderWatch(known);
  }
}

/** Told of each folder that is entered and left, and of each find in between. */
export class FolderWatch {
  readonly #known: Set<string>;
  readonly #entered: { readonly tree: string; isBarren: boolean }[] = [];

  constructor(known: Set<string>) {
    this.#known = known;
  }

  /** False: nothing is below. */
  readonly enter = (tree: Buffer): boolean => {
    const key = tree.toString('latin1');
    if (this.#known.has(key)) return false;
    this.#entered.push({ tree: key, isBarren: true });
    return true;
  };

  readonly left = (): void => {
    const folder = this.#entered.pop();
    if (folder?.isBarren === true && this.#known.size < mostFolders) this.#known.add(folder.tree);
  };

  found(): void {
    for (const folder of this.#entered) folder.isBarren = false;
  }
}
