/** The snapshot before this one: what has not changed since is neither read nor stored again. */
import { describeFile, type StorageOptions } from '@octobox/storage';
import type { FileStat } from '../filesystem/file-stat.ts';
import { parseGoTime } from '../format/go-time.ts';
import type { Node } from '../format/node.ts';
import { type EncodedNode, splitTree, splitTreeParts } from '../format/tree.ts';
import { streamBlob } from '../store/blob-stream.ts';
import type { Repository } from '../store/repository.ts';
import { compareSnapshots, type Snapshot } from '../store/snapshots.ts';
import { ParentEntry } from './parent-entry.ts';
import type { BackupContext } from './run-backup.ts';

/**
 * The newest snapshot of the host with at least these absolute paths and tags, not later than `before`. Damaged snapshots
 * are passed over with a warning: they must not keep anybody from making new ones.
 */
export async function findParent(
  { repository, signal, tally, watch }: Pick<BackupContext, 'repository' | 'signal' | 'tally' | 'watch'>,
  wanted: {
    /** Any when undefined. */
    readonly host: string | undefined;
    readonly paths: readonly string[];
    readonly tags?: readonly string[];
    readonly before: bigint;
  },
): Promise<Snapshot | undefined> {
  let latest: Snapshot | undefined;
  const all: Snapshot[] = [];
  for await (const { snapshot, error } of repository.readSnapshots({ signal })) {
    if (error !== undefined) {
      const passed = 'it was passed over when looking for the parent';
      tally.warn(describeFile(error.file), `${error.message}; ${passed}`);
      continue;
    }
    if (watch !== undefined) all.push(snapshot);
    if (wanted.host !== undefined && snapshot.hostname !== wanted.host) continue;
    if (parseGoTime(snapshot.time) > wanted.before) continue;
    if (!wanted.paths.every((path) => snapshot.paths.includes(path))) continue;
    if (!(wanted.tags ?? []).every((tag) => snapshot.tags.includes(tag))) continue;
    if (latest === undefined || compareSnapshots(latest, snapshot) < 0) latest = snapshot;
  }
  watch?.saw(all);
  return latest;
}

/** Trees of more plain bytes are read piece by piece. */
const LARGE_TREE = 8 * 1024 * 1024;

/** A folder of the parent, asked for rising names only, so that one node of it is held at a time. */
export class ParentFolder {
  readonly #parts: AsyncIterator<Iterable<EncodedNode>, void>;
  #nodes: Iterator<EncodedNode, void> = [][Symbol.iterator]();
  #current: EncodedNode | undefined;
  #ended = false;

  private constructor(parts: AsyncIterable<Iterable<EncodedNode>, void>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** Throws as `Repository.loadBlob`. */
  static async load(repository: Repository, id: Buffer, options: StorageOptions): Promise<ParentFolder> {
    const isLarge = repository
      .lookup('tree', id)
      .some(({ length, uncompressedLength }) => Math.max(length, uncompressedLength) > LARGE_TREE);
    if (isLarge) return new ParentFolder(splitTreeParts(await streamBlob(repository, 'tree', id, options)));
    return new ParentFolder(onePart(splitTree(await repository.loadBlob('tree', id, options))));
  }

  /** Throws `TreeSyntaxError` when the tree is damaged. */
  async find(name: Buffer): Promise<ParentEntry | undefined> {
    while (!this.#ended && (this.#current === undefined || Buffer.compare(this.#current.name, name) < 0)) {
      const next = this.#nodes.next();
      this.#current = next.done ? undefined : next.value;
      if (next.done) await this.#nextPart();
    }
    return this.#current?.name.equals(name) ? new ParentEntry(this.#current.json) : undefined;
  }

  /** Lets go of what was not asked for. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#current = undefined;
    await this.#parts.return?.();
  }

  async #nextPart(): Promise<void> {
    const part = await this.#parts.next();
    if (part.done) this.#ended = true;
    else this.#nodes = part.value[Symbol.iterator]() as Iterator<EncodedNode, void>;
  }
}

async function* onePart(nodes: Iterable<EncodedNode>): AsyncGenerator<Iterable<EncodedNode>, void, void> {
  yield nodes;
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
