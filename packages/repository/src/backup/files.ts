/** Backs up files and folders of this machine as a snapshot. */

import { statPath } from '../filesystem/file-stat.ts';
import type { Repository } from '../store/repository.ts';
import { parseGroupBy } from '../store/snapshots/snapshot-groups.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import type { BackupFilesOptions, BackupResult } from './backup-types.ts';
import { EmptyBackupError, SourceUnreadableError } from './errors.ts';
import { FileWalk } from './file-walk.ts';
import { absolutePath, type BytePath, fromText, toBytes, toText } from './listing/byte-path.ts';
import { Scan } from './listing/scan.ts';
import { Selection, type SelectionOptions } from './listing/selection.ts';
import { SourceListing } from './listing/source-listing.ts';
import { buildSourceTree, type SourceTree } from './listing/source-tree.ts';
import { findParent } from './parent/parent.ts';
import { type BackupContext, runBackup } from './run-backup.ts';

/** Whoever waited longer, for a password or for a lock, wants to know how things are now. Milliseconds. */
const STALE = 10_000;

/** The options that say what is read. */
export type FilesToBackUp = SelectionOptions & Pick<BackupFilesOptions, 'paths' | 'withAtime'>;

/**
 * The sources of one backup, which a thread lists from now on: there is much to wait for before the first of them is
 * wanted. Throws as `backupFiles` does for its sources. Whoever makes it disposes of it.
 */
export class PreparedFiles implements Disposable {
  readonly selection: Selection;
  readonly sources: SourceTree;
  /** Absolute. */
  readonly shownPaths: readonly string[];
  readonly #start: () => SourceListing;
  readonly #started = performance.now();
  #listing: SourceListing;

  constructor(options: FilesToBackUp) {
    const paths = options.paths.map(fromText);
    if (paths.length === 0) throw new EmptyBackupError();
    for (const path of paths) assertReadable(path);
    this.selection = new Selection(options, paths);
    this.sources = buildSourceTree(paths);
    this.shownPaths = paths.map((path) => toText(absolutePath(path)));
    this.#start = () => new SourceListing({ ...options, sources: this.sources, paths });
    this.#listing = this.#start();
  }

  /** The listing; a new one when it was begun too long ago. */
  listing(): SourceListing {
    if (performance.now() - this.#started > STALE) {
      this.#listing[Symbol.dispose]();
      this.#listing = this.#start();
    }
    return this.#listing;
  }

  [Symbol.dispose](): void {
    this.#listing[Symbol.dispose]();
  }
}

/**
 * Throws before anything is stored when a source is missing (`SourceUnreadableError`) or locked out
 * (`LockedError`). Items inside the sources that cannot be read are reported through `onError` and in the result, and
 * the snapshot lacks them.
 * @param prepared made with the same options, and used for nothing else
 */
export async function backupFiles(
  repository: Repository,
  options: BackupFilesOptions,
  prepared?: PreparedFiles,
): Promise<BackupResult> {
  using own = prepared === undefined ? new PreparedFiles(options) : undefined;
  const files = prepared ?? (own as PreparedFiles);
  const { selection, sources, shownPaths } = files;
  return await runBackup(repository, options, async (context) => {
    const parent = await parentOf(context, options, shownPaths);
    context.tally.expected = parent?.summary;
    using _ =
      options.scan === true && parent === undefined
        ? new Scan(sources, selection, (totals) => {
            context.tally.scanned = totals;
          })
        : undefined;
    const listing = files.listing();
    const { signal } = context.store.pool;
    signal.addEventListener('abort', () => listing.fail(signal.reason), { once: true });
    const walk = new FileWalk(context, options);
    const parentTree = parent === undefined ? undefined : Buffer.from(parent.tree, 'hex');
    const root = await walk.run(sources, listing, parentTree);
    return {
      tree: root,
      paths: shownPaths,
      excludes: (options.excludes ?? []).map((pattern) => pattern.toString()),
      parent: parent?.id,
      ...(options.skipIfUnchanged ? { unwantedTree: parent?.tree } : {}),
    };
  });
}

function assertReadable(path: BytePath): void {
  try {
    if (path.includes('\0')) throw new TypeError('a path cannot hold a zero byte');
    statPath(toBytes(path));
  } catch (error) {
    throw new SourceUnreadableError(toText(path), error);
  }
}

async function parentOf(
  context: BackupContext,
  options: BackupFilesOptions,
  paths: readonly string[],
): Promise<Snapshot | undefined> {
  if (options.parent === false || options.force === true) return undefined;
  if (options.parent !== undefined) return context.repository.snapshot(options.parent);
  const { host, tags = [], groupBy = 'host,paths' } = options;
  const by = parseGroupBy(groupBy);
  return findParent(context, {
    host: by.host ? host : undefined,
    paths: by.paths ? paths : [],
    tags: by.tags ? tags : [],
    before: context.time,
  });
}
