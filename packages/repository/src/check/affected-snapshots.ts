/** Finds out what damage means to users: which snapshots miss which files. Only called when there is damage. */
import { decodeTree } from '../format/trees/tree.ts';
import type { TreeSource } from '../inspect/tree-walk.ts';
import { joinPath } from '../restore/snapshot-path.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import type { Findings } from './check-report.ts';
import type { Damage } from './damage.ts';

const pathsShown = 20;

export async function findAffectedSnapshots(
  source: TreeSource,
  snapshots: readonly Snapshot[],
  damage: Damage,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<void> {
  const search = new DamageSearch(source, damage, signal);
  for (const snapshot of snapshots) {
    const tree = Buffer.from(snapshot.tree, 'hex');
    if (!(await search.isAffected(tree))) continue;
    const paths: string[] = [];
    const total = await search.collect(tree, Buffer.from('/'), paths);
    const more = total > 3 ? ` and ${total - 3} more` : '';
    findings.error(
      'snapshot-incomplete',
      `snapshot ${snapshot.id.slice(0, 8)} of ${snapshot.time} lacks ${paths[0] === '/' ? 'everything' : paths.slice(0, 3).join(', ')}${more}`,
      { kind: 'snapshot', name: snapshot.id },
      paths,
    );
  }
}

class DamageSearch {
  readonly #source: TreeSource;
  readonly #damage: Damage;
  readonly #signal: AbortSignal | undefined;
  readonly #known: BitSet;
  readonly #affected: BitSet;

  constructor(source: TreeSource, damage: Damage, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#damage = damage;
    this.#signal = signal;
    this.#known = new BitSet(source.index.entryCount);
    this.#affected = new BitSet(source.index.entryCount);
  }

  /** Whether anything below the tree is lost; each tree is looked at once. */
  async isAffected(tree: Buffer): Promise<boolean> {
    this.#signal?.throwIfAborted();
    const entry = this.#source.index.entriesOf('tree', tree)[0];
    if (entry === undefined || this.#damage.isLost('tree', tree)) return true;
    if (!this.#known.add(entry)) return this.#affected.has(entry);
    let isAffected = false;
    const subtrees: Buffer[] = [];
    const bytes = await this.#load(tree);
    if (bytes === undefined) {
      isAffected = true;
    } else {
      for (const node of nodesOf(bytes)) {
        isAffected ||=
          node === undefined || (node.content ?? []).some((id) => this.#damage.isLost('data', id));
        if (node?.subtree !== undefined) subtrees.push(node.subtree);
      }
    }
    for (const subtree of subtrees) if (await this.isAffected(subtree)) isAffected = true;
    if (isAffected) this.#affected.add(entry);
    return isAffected;
  }

  /** Adds the first paths that are lost, and counts them all. */
  async collect(tree: Buffer, folder: Buffer, paths: string[]): Promise<number> {
    this.#signal?.throwIfAborted();
    const lose = (path: Buffer): number => {
      if (paths.length < pathsShown) paths.push(path.toString());
      return 1;
    };
    const bytes = this.#damage.isLost('tree', tree) ? undefined : await this.#load(tree);
    if (bytes === undefined) return lose(folder);
    let total = 0;
    for (const node of nodesOf(bytes)) {
      if (node === undefined) return total + lose(folder);
      const path = joinPath(folder, node.name);
      if ((node.content ?? []).some((id) => this.#damage.isLost('data', id))) total += lose(path);
      if (node.subtree !== undefined && (await this.isAffected(node.subtree))) {
        total += await this.collect(node.subtree, path, paths);
      }
    }
    return total;
  }

  async #load(tree: Buffer): Promise<Buffer | undefined> {
    try {
      return await this.#source.loadBlob('tree', tree);
    } catch {
      this.#signal?.throwIfAborted();
      // The check has reported the tree itself.
      return undefined;
    }
  }
}

/** Ends with undefined where the tree is damaged. */
function* nodesOf(bytes: Buffer) {
  try {
    yield* decodeTree(bytes);
  } catch {
    yield undefined;
  }
}
