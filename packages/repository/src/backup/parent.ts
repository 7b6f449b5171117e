/** The snapshot before this one: what has not changed since is neither read nor stored again. */
import { FileMissingError } from '@octobox/storage';
import { DamagedFileError } from '../errors.ts';
import type { FileStat } from '../filesystem/file-stat.ts';
import { parseGoTime } from '../format/go-time.ts';
import type { Node } from '../format/node.ts';
import { decodeTree } from '../format/tree.ts';
import { compareSnapshots, type Snapshot } from '../store/snapshots.ts';
import type { BackupContext } from './run-backup.ts';

/**
 * The newest snapshot of the same host and at least these absolute paths, not later than `before`. Damaged snapshots
 * are reported and passed over: they must not keep anybody from making new ones.
 */
export async function findParent(
  { repository, signal, tally }: Pick<BackupContext, 'repository' | 'signal' | 'tally'>,
  wanted: { readonly host: string; readonly paths: readonly string[]; readonly before: bigint },
  onDamaged?: (path: string, error: Error) => void,
): Promise<Snapshot | undefined> {
  let latest: Snapshot | undefined;
  for (const id of (await repository.listFiles('snapshot', { signal })).keys()) {
    let snapshot: Snapshot;
    try {
      snapshot = await repository.readSnapshot(id, { signal });
    } catch (error) {
      // Forgotten by somebody else since it was listed.
      if (error instanceof FileMissingError) continue;
      if (!(error instanceof DamagedFileError)) throw error;
      tally.addError(`snapshots/${id}`, error.message);
      onDamaged?.(`snapshots/${id}`, error);
      continue;
    }
    if (snapshot.hostname !== wanted.host || parseGoTime(snapshot.time) > wanted.before) continue;
    if (!wanted.paths.every((path) => snapshot.paths.includes(path))) continue;
    if (latest === undefined || compareSnapshots(latest, snapshot) < 0) latest = snapshot;
  }
  return latest;
}

/** A folder of the parent, asked for rising names only, so that one node of it is held at a time. */
export class ParentFolder {
  readonly #nodes: Iterator<Node, void>;
  #current: Node | undefined;
  #ended = false;

  constructor(tree: Buffer) {
    this.#nodes = decodeTree(tree);
  }

  /** Throws `TreeSyntaxError` when the tree is damaged. */
  find(name: Buffer): Node | undefined {
    while (!this.#ended && (this.#current === undefined || Buffer.compare(this.#current.name, name) < 0)) {
      const next = this.#nodes.next();
      if (next.done) {
        this.#ended = true;
        this.#current = undefined;
      } else {
        this.#current = next.value;
      }
    }
    return this.#current?.name.equals(name) ? this.#current : undefined;
  }
}

export interface ChangeRules {
  readonly ignoreInode?: boolean | undefined;
  readonly ignoreCtime?: boolean | undefined;
}

/** Whether a regular file still has the content that its node in the parent has. */
export function isUnchanged(stat: FileStat, before: Node, rules: ChangeRules): boolean {
  return (
    before.type === 'file' &&
    before.content !== undefined &&
    before.size === stat.size &&
    before.mtime === stat.modified &&
    (rules.ignoreCtime === true || before.ctime === stat.changed) &&
    (rules.ignoreInode === true || before.inode === stat.inode)
  );
}
