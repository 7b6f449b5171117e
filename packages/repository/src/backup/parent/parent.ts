/** The snapshot before this one: what has not changed since is neither read nor stored again. */
import type { StorageOptions } from '@octobox/storage';
import { describeFile } from '@octobox/storage/errors';
import type { FileStat } from '../../filesystem/file-stat.ts';
import { parseGoTime } from '../../format/go/go-time.ts';
import type { Node } from '../../format/trees/node.ts';
import {
  type EncodedNode,
  nameOf,
  splitTree,
  splitTreeParts,
  TREE_HEAD,
  TREE_TAIL,
  TreeSyntaxError,
} from '../../format/trees/tree.ts';
import { skipValue } from '../../format/trees/tree-scanner.ts';
import { streamBlob } from '../../store/packs/blob-stream.ts';
import type { Repository } from '../../store/repository.ts';
import { compareSnapshots, type Snapshot } from '../../store/snapshots/snapshots.ts';
import type { BackupContext } from '../run-backup.ts';
import type { StoredTree } from '../tree-writer.ts';
import { matchNode, type NodeStart } from './node-match.ts';
import { ParentEntry, ParentMatch } from './parent-entry.ts';

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

/** A folder of the parent, asked for rising names only. */
export interface ParentFolder {
  /** What stands next in it, when that is spelled as `start` (see `encodeNodeStart`) and nothing stands between. */
  match(start: NodeStart): ParentMatch | undefined;
  /** Throws `TreeSyntaxError` when the tree is damaged. */
  find(name: Buffer): Promise<ParentEntry | undefined>;
  /** Lets go of what was not asked for. */
  close(): Promise<void>;
}

/** Throws as `Repository.loadBlob`. */
export async function loadParentFolder(
  repository: Repository,
  id: Buffer,
  options: StorageOptions,
): Promise<ParentFolder> {
  const isLarge = repository
    .lookup('tree', id)
    .some(({ length, uncompressedLength }) => Math.max(length, uncompressedLength) > LARGE_TREE);
  if (isLarge) return new ParentParts(splitTreeParts(await streamBlob(repository, 'tree', id, options)));
  const bytes = await repository.loadBlob('tree', id, options);
  return isUsual(bytes) ? new WholeParent({ id, bytes }) : new ParentParts(onePart(splitTree(bytes)));
}

const COMMA = 0x2c;
const CLOSE_LIST = 0x5d;

const isUsual = (tree: Buffer): boolean =>
  tree.length >= TREE_HEAD.length + TREE_TAIL.length &&
  tree.toString('latin1', 0, TREE_HEAD.length) === TREE_HEAD &&
  tree.toString('latin1', tree.length - TREE_TAIL.length) === TREE_TAIL;

/** A tree that is held whole and begins and ends as restic writes it. */
class WholeParent implements ParentFolder {
  readonly #tree: StoredTree;
  /** Where the next node begins; `#limit` when there is none. */
  #at = TREE_HEAD.length;
  #limit: number;
  #current: { readonly name: Buffer; readonly to: number } | undefined;
  #last: Buffer | undefined;

  constructor(tree: StoredTree) {
    this.#tree = tree;
    this.#limit = tree.bytes.length - TREE_TAIL.length;
  }

  match(start: NodeStart): ParentMatch | undefined {
    const { bytes } = this.#tree;
    const from = this.#at;
    const match = matchNode(bytes, from, start);
    if (match === undefined) return undefined;
    const { end } = match;
    if (end < this.#limit ? bytes[end] !== COMMA : end > this.#limit) return undefined;
    this.#moveTo(end);
    return new ParentMatch(bytes, match, { tree: this.#tree, from, to: end });
  }

  async find(name: Buffer): Promise<ParentEntry | undefined> {
    for (let current = this.#look(); current !== undefined; current = this.#look()) {
      const order = Buffer.compare(current.name, name);
      if (order > 0) return undefined;
      const json = this.#tree.bytes.subarray(this.#at, current.to);
      this.#moveTo(current.to);
      if (order === 0) return new ParentEntry(json);
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#at = this.#limit;
  }

  /** The node that stands next. */
  #look(): { readonly name: Buffer; readonly to: number } | undefined {
    if (this.#current !== undefined || this.#at >= this.#limit) return this.#current;
    const { bytes } = this.#tree;
    const to = skipValue(bytes, this.#at);
    const name = nameOf(bytes.subarray(this.#at, to));
    if (this.#last !== undefined && Buffer.compare(this.#last, name) >= 0)
      throw new TreeSyntaxError(`nodes are not in order: ${this.#last} before ${name}`);
    if (bytes[to] !== COMMA && bytes[to] !== CLOSE_LIST)
      throw new TreeSyntaxError(`neither a comma nor an end at byte ${to}`);
    this.#last = name;
    this.#current = { name, to };
    return this.#current;
  }

  /** Behind a node that ends there. */
  #moveTo(end: number): void {
    this.#current = undefined;
    this.#at = this.#tree.bytes[end] === COMMA ? end + 1 : this.#limit;
  }
}

/** A tree that is read piece by piece, or spelled in its own way: one node of it is held at a time. */
class ParentParts implements ParentFolder {
  readonly #parts: AsyncIterator<Iterable<EncodedNode>, void>;
  #nodes: Iterator<EncodedNode, void> = [][Symbol.iterator]();
  #current: EncodedNode | undefined;
  #ended = false;

  constructor(parts: AsyncIterable<Iterable<EncodedNode>, void>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  match(): undefined {}

  async find(name: Buffer): Promise<ParentEntry | undefined> {
    while (!this.#ended && (this.#current === undefined || Buffer.compare(this.#current.name, name) < 0)) {
      const next = this.#nodes.next();
      this.#current = next.done ? undefined : next.value;
      if (next.done) await this.#nextPart();
    }
    return this.#current?.name.equals(name) ? new ParentEntry(this.#current.json) : undefined;
  }

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
