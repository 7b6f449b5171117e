import { setImmediate } from 'node:timers/promises';
import type { Difference, Node, Repository, Snapshot } from '@octobox/repository';
import { dumpNode, entriesOf, findFolder, findNode } from '@octobox/repository/browse';
import { differencesOf } from '@octobox/repository/diff';
import { BlobMissingError } from '@octobox/repository/errors';
import { endReading, type Reading } from '../resumable.ts';
import type { FolderWatch } from './barren-folders.ts';
import { HeldRepository, type Opened, OutdatedIndexError } from './held-repository.ts';
import { acquireLastingLock, type Lasting } from './lasting-lock.ts';
import type { NameMatcher } from './name-matcher.ts';

export interface SnapshotEntry {
  /** absolute within the snapshot */
  readonly path: Buffer;
  readonly node: Node;
}

export interface EntryPage<T = SnapshotEntry> {
  readonly entries: readonly T[];
  /** Behind it the next page begins; undefined: there is none. */
  readonly next: Buffer | undefined;
}

export interface BrowseOptions {
  readonly path: Buffer;
  readonly limit: number;
  readonly after?: Buffer | undefined;
  readonly signal: AbortSignal;
}

/** What lasts longer than a look; its user disposes of it. */
export interface SnapshotStream extends AsyncDisposable {
  /** Each piece verified; it ends normally only behind the last byte. */
  read(): AsyncIterable<Buffer>;
}

export interface SnapshotFile extends SnapshotStream {
  readonly node: Node;
}

/** Others are served in between. */
const turnMs = 10;
/** A search shows then what it has, and where it was. */
const searchMs = 2_000;
/** A place must fit into the address of the next page. */
const longestPlace = 4_000;
const rememberedFolders = 1_000;

/** Looking around in the snapshots of the platform's repository, a page at a time. */
export class SnapshotBrowser {
  readonly #held: HeldRepository;

  constructor(options: { open: (signal?: AbortSignal) => Promise<Repository> }) {
    this.#held = new HeldRepository(options.open);
  }

  /** Ids of all snapshots that are in the repository at this moment. */
  async stored(signal: AbortSignal): Promise<ReadonlySet<string>> {
    return await this.#held.use(
      signal,
      async ({ repository }) => new Set((await repository.listFiles('snapshot', { signal })).keys()),
    );
  }

  /** @throws RepositoryError when there is no such snapshot or folder, or it cannot be read */
  async folder(snapshotId: string, options: BrowseOptions): Promise<EntryPage> {
    return await this.#page(snapshotId, options);
  }

  /** What is below a folder and has a name that is looked for. A page may have fewer entries than there are further on. */
  async search(snapshotId: string, options: BrowseOptions & { matches: NameMatcher }): Promise<EntryPage> {
    return await this.#page(snapshotId, options);
  }

  /**
   * What differs between a folder in two snapshots, in the order of paths. A page may have fewer entries than there are
   * further on.
   */
  async differences(
    { before, after: young }: { before: string; after: string },
    options: BrowseOptions & { metadata: boolean },
  ): Promise<EntryPage<Difference>> {
    const { path, after, limit, metadata, signal } = options;
    return await this.#held.use(signal, async (opened) => {
      const trees = [
        await folderOf(opened, before, path, signal),
        await folderOf(opened, young, path, signal),
      ] as const;
      const key = (place: Buffer): string =>
        [before, young, path.toString('hex'), metadata, place.toString('hex')].join(' ');
      const begun = after === undefined ? undefined : opened.comparisons.take(key(after));
      const stop = new AbortController();
      const comparing = { folder: path, after, metadata, signal: stop.signal };
      const reading = begun ?? { pieces: differencesOf(opened.repository, ...trees, comparing), stop };
      const isWanted = ({ modifier }: Difference): boolean => modifier !== '';
      const page = await readPage(reading, { limit, isWanted, longestMs: searchMs, signal });
      if (page.next !== undefined) opened.comparisons.put(key(page.next), reading);
      return page;
    });
  }

  /** Holds a lock until it is disposed of: nothing that the file needs is pruned meanwhile. */
  async file(snapshotId: string, path: Buffer, lasting: Lasting): Promise<SnapshotFile> {
    const { opening: signal } = lasting;
    return await this.#held.use(signal, async (opened) => {
      await using resources = new AsyncDisposableStack();
      const { repository } = opened;
      const reading = await this.#hold(opened, resources, lasting);
      const snapshot = await snapshotOf(opened, snapshotId, signal);
      const node = await findNode(repository, Buffer.from(snapshot.tree, 'hex'), path, signal);
      if (node?.type !== 'file') {
        const { NotAFileError } = await import('@octobox/repository/restore');
        throw new NotAFileError(path, node?.type ?? 'dir');
      }
      for (const id of node.content ?? []) {
        if (!repository.hasBlob('data', id)) throw new BlobMissingError('data', id.toString('hex'));
      }
      const kept = resources.move();
      return {
        node,
        read: () => dumpNode(repository, node, path, { signal: reading }),
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      };
    });
  }

  /** A folder with all that is below it as a tar archive; like `file` otherwise. */
  async archive(snapshotId: string, path: Buffer, lasting: Lasting): Promise<SnapshotStream> {
    const { archiveFolder } = await import('@octobox/repository/archive');
    const { opening: signal } = lasting;
    return await this.#held.use(signal, async (opened) => {
      await using resources = new AsyncDisposableStack();
      const { repository } = opened;
      const reading = await this.#hold(opened, resources, lasting);
      const snapshot = await snapshotOf(opened, snapshotId, signal);
      await findFolder(repository, Buffer.from(snapshot.tree, 'hex'), path, signal);
      const kept = resources.move();
      return {
        read: () => archiveFolder(repository, snapshot, path, { format: 'tar', signal: reading }),
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      };
    });
  }

  async close(): Promise<void> {
    await this.#held.close();
  }

  /** Open and locked for as long as `resources`. @returns what ends the reading, the loss of the lock, too */
  async #hold(opened: Opened, resources: AsyncDisposableStack, lasting: Lasting): Promise<AbortSignal> {
    // Closed after the lock is given back, which needs its storage.
    resources.defer(this.#held.keep(opened));
    const lock = resources.use(await acquireLastingLock(opened.repository, lasting));
    // What was opened before a prune knows packs that are gone by now; from here on there is none.
    if (!(await opened.repository.isIndexCurrent({ signal: lasting.opening })))
      throw new OutdatedIndexError();
    return lock.signal;
  }

  async #page(id: string, options: BrowseOptions & Wanted): Promise<EntryPage> {
    const { signal, after, matches } = options;
    return await this.#held.use(signal, async (opened) => {
      const tree = await folderOf(opened, id, options.path, signal);
      const key = (place: Buffer): string =>
        JSON.stringify([id, options.path.toString('hex'), matches?.search, place.toString('hex')]);
      const reading = (after && opened.readings.take(key(after))) ?? begin(opened, tree, options);
      const page = await readPage(reading, {
        limit: options.limit,
        isWanted: (entry) => entry.isWanted,
        longestMs: matches === undefined ? Number.POSITIVE_INFINITY : searchMs,
        signal,
      });
      if (page.next !== undefined) opened.readings.put(key(page.next), reading);
      return page;
    });
  }
}

/** Of all that is below a folder; without, all that is in it. */
interface Wanted {
  readonly matches?: NameMatcher;
}

interface JudgedEntry extends SnapshotEntry {
  readonly isWanted: boolean;
}

function begin(
  { repository, barren }: Opened,
  tree: Buffer,
  { path, after, matches }: BrowseOptions & Wanted,
): Reading<JudgedEntry> {
  const stop = new AbortController();
  const watch = matches === undefined ? undefined : barren.watch(matches.search);
  const options = { folder: path, after, recursive: watch !== undefined, signal: stop.signal };
  const entries = entriesOf(repository, tree, { ...options, enter: watch?.enter, left: watch?.left });
  return { pieces: judged(entries, matches, watch), stop };
}

async function* judged(
  entries: AsyncIterable<SnapshotEntry>,
  matches: NameMatcher | undefined,
  watch: FolderWatch | undefined,
): AsyncGenerator<JudgedEntry, void, void> {
  for await (const { path, node } of entries) {
    const isWanted = matches?.(node.name) ?? true;
    if (isWanted) watch?.found();
    yield { path, node, isWanted };
  }
}

async function readPage<T extends { readonly path: Buffer }>(
  reading: Reading<T>,
  {
    limit,
    isWanted,
    longestMs,
    signal,
  }: { limit: number; isWanted: (entry: T) => boolean; longestMs: number; signal: AbortSignal },
): Promise<EntryPage<T>> {
  const entries: T[] = [];
  const end = Date.now() + longestMs;
  let turnEnds = performance.now() + turnMs;
  const stop = () => reading.stop.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { value: entry } = await reading.pieces.next();
      if (entry === undefined) return { entries, next: undefined };
      if (isWanted(entry)) entries.push(entry);
      const isTurnOver = performance.now() > turnEnds;
      if (isTurnOver) {
        await setImmediate();
        signal.throwIfAborted();
        turnEnds = performance.now() + turnMs;
      }
      const isEnough = entries.length >= limit || (isTurnOver && Date.now() > end);
      if (isEnough && entry.path.length <= longestPlace) return { entries, next: entry.path };
    }
  } catch (error) {
    endReading(reading);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function folderOf(opened: Opened, id: string, path: Buffer, signal: AbortSignal): Promise<Buffer> {
  const snapshot = await snapshotOf(opened, id, signal);
  const key = `${id} ${path.toString('hex')}`;
  const known = opened.folders.get(key);
  if (known !== undefined) return known;
  const root = Buffer.from(snapshot.tree, 'hex');
  const tree = await findFolder(opened.repository, root, path, signal);
  if (opened.folders.size >= rememberedFolders) opened.folders.clear();
  opened.folders.set(key, tree);
  return tree;
}

async function snapshotOf(
  { repository, snapshots }: Opened,
  id: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const known = snapshots.get(id);
  if (known !== undefined) return known;
  const snapshot = await repository.snapshot(id, {}, { signal });
  if (snapshots.size >= rememberedFolders) snapshots.clear();
  snapshots.set(id, snapshot);
  return snapshot;
}
