/**
 * A snapshot of all that no snapshot leads to any more: after a snapshot was forgotten by mistake, or its file was lost,
 * and prune did not run yet. As restic's `recover`, each tree that nothing refers to becomes a folder in the root, under
 * the beginning of its id.
 */
import type { DamagedFileError } from '../errors.ts';
import { formatGoTime } from '../format/go/go-time.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { encodeNode, TREE_HEAD, TREE_TAIL } from '../format/trees/tree.ts';
import { walkTrees } from '../inspect/tree-walk.ts';
import { currentUser } from '../runtime/current-user.ts';
import { BitSet } from '../store/index/bit-set.ts';
import type { Repository } from '../store/repository.ts';

export const RECOVERED_TAG = 'recovered';
export const RECOVERED_PATH = '/recover';

const FOLDER_MODE = 2 ** 31 + 0o755;

export interface RecoverOptions {
  readonly signal?: AbortSignal | undefined;
  /** How many trees were read. */
  readonly onTree?: ((trees: number) => void) | undefined;
}

export interface RecoverPlan {
  /** Trees that neither a snapshot nor another tree refers to, by their ids. */
  readonly roots: readonly Buffer[];
  /** Trees that cannot be read: what only they lead to stands for itself. Folders that lead to them end there. */
  readonly unreadable: readonly { readonly tree: string; readonly error: unknown }[];
  /** Snapshot files that cannot be read: what they refer to is recovered. */
  readonly damaged: readonly DamagedFileError[];
}

/** Stores nothing. Needs the index. */
export async function planRecover(
  repository: Repository,
  { signal, onTree }: RecoverOptions = {},
): Promise<RecoverPlan> {
  const { index } = repository;
  const [inSnapshots, damaged] = await rootsOfSnapshots(repository, signal);
  const isReferred = new BitSet(index.entryCount);
  for (const tree of inSnapshots) mark(tree);
  const unreadable: { tree: string; error: unknown }[] = [];
  const isRead = new BitSet(index.entryCount);
  let trees = 0;
  await walkTrees(
    repository,
    allTrees(repository),
    {
      node: (_, { subtree }) => {
        if (subtree !== undefined) mark(subtree);
      },
      failed: (tree, error) => unreadable.push({ tree: tree.toString('hex'), error }),
      visited: (_, entry) => {
        isRead.add(entry);
        onTree?.(++trees);
      },
    },
    signal,
  );
  signal?.throwIfAborted();
  const roots: Buffer[] = [];
  for (let entry = 0; entry < index.entryCount; entry++) {
    if (isRead.has(entry) && !isReferred.has(entry)) roots.push(index.idAt(entry));
  }
  return { roots: roots.sort(Buffer.compare), unreadable, damaged };

  function mark(tree: Uint8Array): void {
    const entry = index.firstOf('tree', tree);
    if (entry !== -1) isReferred.add(entry);
  }
}

function* allTrees({ index }: Repository): Generator<Buffer, void, void> {
  const count = index.entryCount;
  for (let entry = 0; entry < count; entry++) {
    if (index.typeAt(entry) === 'tree') yield index.idAt(entry);
  }
}

async function rootsOfSnapshots(
  repository: Repository,
  signal: AbortSignal | undefined,
): Promise<[roots: Buffer[], damaged: DamagedFileError[]]> {
  const roots: Buffer[] = [];
  const damaged: DamagedFileError[] = [];
  for await (const { snapshot, error } of repository.readSnapshots({ signal })) {
    if (error === undefined) roots.push(Buffer.from(snapshot.tree, 'hex'));
    else damaged.push(error);
  }
  return [roots, damaged];
}

export interface ApplyRecoverOptions {
  readonly host: string;
  readonly now: Date;
  readonly programVersion?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Gives the id of the new snapshot. Needs a lock. */
export async function applyRecover(
  repository: Repository,
  { roots }: RecoverPlan,
  options: ApplyRecoverOptions,
): Promise<string> {
  const { host, now, signal } = options;
  const time = BigInt(now.getTime()) * 1_000_000n;
  // Sorted as the ids are; the rare twins have their whole id.
  const names = roots.map((id) => id.toString('hex', 0, 4));
  const hasTwin = (at: number): boolean => names[at] === names[at - 1] || names[at] === names[at + 1];
  const nodes = roots.map((subtree, at) =>
    encodeNode({
      name: Buffer.from(hasTwin(at) ? subtree.toString('hex') : (names[at] ?? '')),
      type: 'dir',
      mode: FOLDER_MODE,
      mtime: time,
      atime: time,
      ctime: time,
      uid: 0,
      gid: 0,
      inode: 0n,
      deviceId: 0n,
      size: 0n,
      links: 0n,
      device: 0n,
      subtree,
    }),
  );
  const user = currentUser();
  const saver = repository.saver({ signal });
  const tree = await saver.save('tree', Buffer.from(TREE_HEAD + nodes.join(',') + TREE_TAIL));
  await saver.finish();
  return await repository.writeUnpacked(
    'snapshot',
    encodeSnapshot({
      time: formatGoTime(time),
      tree: tree.id.toString('hex'),
      paths: [RECOVERED_PATH],
      hostname: host,
      username: user.name,
      uid: user.uid,
      gid: user.gid,
      excludes: [],
      tags: [RECOVERED_TAG],
      programVersion: options.programVersion ?? 'octobox',
    }),
    { signal },
  );
}
