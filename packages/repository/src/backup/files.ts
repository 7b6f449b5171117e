/** Backs up files and folders of this machine as a snapshot. */

import { statPath } from '../filesystem/file-stat.ts';
import { parseGroupBy } from '../maintain/snapshot-groups.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots.ts';
import type { BackupFilesOptions, BackupResult } from './backup-types.ts';
import { absolutePath, type BytePath, fromText, toBytes, toText } from './byte-path.ts';
import { EmptyBackupError, SourceUnreadableError } from './errors.ts';
import { FileWalk } from './file-walk.ts';
import { findParent } from './parent.ts';
import { type BackupContext, runBackup } from './run-backup.ts';
import { Scan } from './scan.ts';
import { Selection } from './selection.ts';
import { SourceListing } from './source-listing.ts';
import { buildSourceTree } from './source-tree.ts';

/**
 * Throws before anything is stored when a source is missing (`SourceUnreadableError`) or locked out
 * (`LockedError`). Items inside the sources that cannot be read are reported through `onError` and in the result, and
 * the snapshot lacks them.
 */
export async function backupFiles(
  repository: Repository,
  options: BackupFilesOptions,
): Promise<BackupResult> {
  const paths = options.paths.map(fromText);
  if (paths.length === 0) throw new EmptyBackupError();
  for (const path of paths) assertReadable(path);
  const selection = new Selection(options, paths);
  const tree = buildSourceTree(paths);
  const shownPaths = paths.map((path) => toText(absolutePath(path)));
  using listing = new SourceListing({ ...options, sources: tree, paths });
  return await runBackup(repository, options, async (context) => {
    const parent = await parentOf(context, options, shownPaths);
    context.tally.expected = parent?.summary;
    using _ =
      options.scan === true && parent === undefined
        ? new Scan(tree, selection, (totals) => {
            context.tally.scanned = totals;
          })
        : undefined;
    const stop = (): void => listing.fail(context.store.pool.signal.reason);
    context.store.pool.signal.addEventListener('abort', stop, { once: true });
    const walk = new FileWalk(context, options);
    const parentTree = parent === undefined ? undefined : Buffer.from(parent.tree, 'hex');
    const root = await walk.run(tree, listing, parentTree);
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
