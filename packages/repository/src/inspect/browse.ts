/**
 * Looking into snapshots without mounting them: for consoles and scripts that show a piece at a time. Nothing here
 * holds more than one page, one blob and the tree blob in hand, whatever the size of a folder or file.
 * No function takes a lock: the caller holds one for as long as it looks.
 */
import { RepositoryError } from '../errors.ts';
import { SEAL_OVERHEAD } from '../format/sealing/crypto.ts';
import type { Node } from '../format/trees/node.ts';
import { encodeNode } from '../format/trees/tree.ts';
import { FileNotInSnapshotError, NotAFileError, NotAFolderError } from '../restore/restore-errors.ts';
import { findFolder, findNode, joinPath, splitNames } from '../restore/snapshot-path.ts';
import type { Repository } from '../store/repository.ts';
import {
  compareSnapshots,
  matchesFilter,
  type Snapshot,
  type SnapshotFilter,
} from '../store/snapshots/snapshots.ts';
import { NameFinder, type NameSearch } from './find-names.ts';
import { readTree } from './read-tree.ts';
import { VisitorError } from './walk-nodes.ts';

export interface BrowseEntry {
  /** absolute within the snapshot */
  readonly path: Buffer;
  /** Without the list of blobs. */
  readonly node: Node;
}

export interface FolderPage {
  readonly entries: readonly BrowseEntry[];
  /** Give it back for the next page; undefined at the end. */
  readonly next: string | undefined;
}

export interface PageOptions {
  /** At most so many entries; 1,000 when absent. */
  readonly limit?: number | undefined;
  /** Where the page before ended. It stays good whatever happens to the repository. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 1000;

/** A page that is no page: a limit below 1, or a cursor that no page gave. */
export class InvalidPageError extends RepositoryError {
  constructor(what: string) {
    super('repository.invalid-page', what, { advice: 'Begin again without a cursor.' });
  }
}

/**
 * The entries of a folder in the order of their names, a page at a time. The cursor is the last name, so that each
 * page costs reading the names before it, and never their place in memory.
 * @throws FileNotInSnapshotError, NotAFolderError, InvalidPageError, and what reading trees throws
 */
export async function browseFolder(
  repository: Repository,
  snapshot: Pick<Snapshot, 'tree'>,
  path: Buffer | string,
  options: PageOptions = {},
): Promise<FolderPage> {
  const { signal } = options;
  const limit = checkedLimit(options.limit);
  const last = options.after === undefined ? undefined : decodeCursor(options.after);
  await repository.loadIndex({ signal });
  const tree = await findFolder(repository, Buffer.from(snapshot.tree, 'hex'), path, signal);
  const folder = wholePath(path);
  const entries: BrowseEntry[] = [];
  for await (const part of readTree(repository, tree, { signal })) {
    signal?.throwIfAborted();
    for (const node of part) {
      if (last !== undefined && Buffer.compare(node.name, last) <= 0) continue;
      if (entries.length === limit) return { entries, next: encodeCursor(entries) };
      entries.push({ path: joinPath(folder, node.name), node: bare(node) });
    }
  }
  return { entries, next: undefined };
}

export interface SearchResult {
  readonly entries: readonly BrowseEntry[];
  /** False when the limit ended the search. */
  readonly complete: boolean;
  /** Folders that could not be read. */
  readonly unread: number;
}

/** Entries of one snapshot by pattern and time, at most `limit` of them. @throws InvalidPatternError, InvalidPageError */
export async function searchSnapshot(
  repository: Repository,
  snapshot: Pick<Snapshot, 'tree'>,
  search: NameSearch,
  options: Omit<PageOptions, 'after'> = {},
): Promise<SearchResult> {
  const limit = checkedLimit(options.limit);
  const entries: BrowseEntry[] = [];
  let unread = 0;
  try {
    await new NameFinder(search).find(repository, snapshot, {
      signal: options.signal,
      onFound: ({ path, node }) => {
        if (entries.length === limit) throw new LimitReached();
        entries.push({ path, node: bare(node) });
      },
      onFailed: () => {
        unread++;
      },
    });
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { entries, complete: false, unread };
  }
  return { entries, complete: true, unread };
}

class LimitReached extends VisitorError {}

export interface RangeOptions {
  /** Bytes from the start of the file; 0 when absent. */
  readonly offset?: number | undefined;
  /** Bytes; to the end when absent. A range that goes beyond the end ends there. */
  readonly length?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A part of a file, verified blob by blob; blobs outside the range are not read.
 * @throws FileNotInSnapshotError, NotAFileError, BlobMissingError, DamagedFileError, InvalidPageError
 */
export async function* readFileRange(
  repository: Repository,
  snapshot: Pick<Snapshot, 'tree'>,
  path: Buffer | string,
  { offset = 0, length = Number.MAX_SAFE_INTEGER, signal }: RangeOptions = {},
): AsyncGenerator<Buffer, void, void> {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new InvalidPageError(`a file has no ${length} bytes from ${offset}`);
  }
  await repository.loadIndex({ signal });
  const node = await findNode(repository, Buffer.from(snapshot.tree, 'hex'), path, signal);
  if (node?.type !== 'file') throw new NotAFileError(path, node?.type ?? 'dir');
  const end = Math.min(offset + length, Number.MAX_SAFE_INTEGER);
  let at = 0;
  for (const id of node.content ?? []) {
    if (at >= end) return;
    const [place] = repository.lookup('data', id);
    const known = place === undefined ? undefined : plainLength(place);
    if (known !== undefined && at + known <= offset) {
      at += known;
      continue;
    }
    signal?.throwIfAborted();
    const blob = await repository.loadBlob('data', id, { signal });
    const piece = blob.subarray(Math.max(0, offset - at), Math.max(0, end - at));
    at += blob.length;
    if (piece.length > 0) yield piece;
  }
}

const plainLength = (place: { readonly length: number; readonly uncompressedLength: number }): number =>
  place.uncompressedLength === 0 ? place.length - SEAL_OVERHEAD : place.uncompressedLength;

export interface PathVersion {
  readonly snapshot: Snapshot;
  /** Undefined when the snapshot does not hold the path. */
  readonly node: Node | undefined;
  /** Whether it is another than in the snapshot before: content, metadata or presence. */
  readonly changed: boolean;
}

/**
 * What became of one path, snapshot by snapshot, oldest first.
 * @throws what reading trees and snapshots throws
 */
export async function* pathHistory(
  repository: Repository,
  path: Buffer | string,
  options: { readonly filter?: SnapshotFilter | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<PathVersion, void, void> {
  const { filter = {}, signal } = options;
  await repository.loadIndex({ signal });
  const snapshots: Snapshot[] = [];
  for await (const snapshot of repository.snapshots({ signal })) {
    if (matchesFilter(snapshot, filter)) snapshots.push(snapshot);
  }
  let before: string | undefined;
  for (const snapshot of snapshots.sort(compareSnapshots)) {
    signal?.throwIfAborted();
    const found = await present(repository, snapshot, path, signal);
    const now = found === undefined ? '' : encodeNode(found);
    yield { snapshot, node: found === undefined ? undefined : bare(found), changed: now !== (before ?? '') };
    before = now;
  }
}

async function present(
  repository: Repository,
  snapshot: Snapshot,
  path: Buffer | string,
  signal: AbortSignal | undefined,
): Promise<Node | undefined> {
  try {
    return await findNode(repository, Buffer.from(snapshot.tree, 'hex'), path, signal);
  } catch (error) {
    if (error instanceof FileNotInSnapshotError || error instanceof NotAFolderError) return undefined;
    throw error;
  }
}

const bare = (node: Node): Node => ({ ...node, content: undefined });

const wholePath = (path: Buffer | string): Buffer => splitNames(path).reduce(joinPath, Buffer.from('/'));

function checkedLimit(limit = PAGE): number {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new InvalidPageError(`a page cannot have ${limit} entries`);
  return limit;
}

const encodeCursor = (entries: readonly BrowseEntry[]): string =>
  entries.at(-1)?.node.name.toString('base64url') ?? '';

function decodeCursor(cursor: string): Buffer {
  const name = Buffer.from(cursor, 'base64url');
  if (name.length === 0 || name.toString('base64url') !== cursor) {
    throw new InvalidPageError(`${JSON.stringify(cursor.slice(0, 40))} is no cursor`);
  }
  return name;
}
