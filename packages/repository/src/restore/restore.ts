/** Restores a snapshot, or the part of it that patterns select, into a folder. */
import { mkdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { acquireLock } from '../locks/lock.ts';
import { holdHeapSmall } from '../runtime/small-heap.ts';
import type { Repository } from '../store/repository.ts';
import type { Snapshot } from '../store/snapshots/snapshots.ts';
import { ContentPool } from './contents/content-pool.ts';
import { FileContents } from './contents/file-contents.ts';
import { RestoreBatches } from './restore-batch.ts';
import { InvalidRestoreOptionsError } from './restore-errors.ts';
import { RestoreReport } from './restore-report.ts';
import type { RestoreOptions, RestoreResult } from './restore-types.ts';
import { makeSelection, type Selection } from './selection.ts';
import { findFolder, splitNames } from './snapshot-path.ts';
import { selectAttributes } from './target/attribute-selection.ts';
import { ownerByName, ownerByNumber } from './target/owner-names.ts';
import { TargetFolders } from './target/target-folders.ts';
import { TreeRestorer } from './tree-restorer.ts';

const mostWorkers = 4;

/**
 * Entries that cannot be restored are reported (`onError`, and `errors` of the result) and the others go on; it
 * may be run again and then writes only what is missing or wrong.
 * @throws InvalidRestoreOptionsError, InvalidPatternError, ConflictingPatternsError, FileNotInSnapshotError,
 *   NotAFolderError, TargetFailedError when the target is full or read-only
 */
export async function restoreSnapshot(
  repository: Repository,
  snapshot: Snapshot,
  options: RestoreOptions,
): Promise<RestoreResult> {
  using _ = holdHeapSmall();
  const selection = makeSelection(options);
  const target = targetPath(options.target);
  checkOptions(options, target, selection);
  selectAttributes(options.includeAttributes, options.excludeAttributes);
  if (options.noLock) return await run(repository, snapshot, options, selection, target, options.signal);
  await using lock = await acquireLock(repository, { kind: 'shared', signal: options.signal });
  return await run(repository, snapshot, options, selection, target, lock.signal);
}

async function run(
  repository: Repository,
  snapshot: Snapshot,
  options: RestoreOptions,
  selection: Selection,
  target: Buffer,
  signal: AbortSignal | undefined,
): Promise<RestoreResult> {
  await repository.loadIndex({ signal });
  const folder = options.folder ?? '/';
  const tree = await findFolder(repository, Buffer.from(snapshot.tree, 'hex'), folder, signal);
  const isWhole = selection.isEverything && splitNames(folder).length === 0;
  const dryRun = options.dryRun ?? false;
  if (!dryRun) makeTarget(target);
  using folders = new TargetFolders(target);
  const report = new RestoreReport(options, isWhole ? snapshot.summary : undefined, (text) =>
    folders.shown(text),
  );
  options.onStart?.();

  await using pool = new ContentPool(repository.keys, workersOf(options));
  if (isWhole && !dryRun && snapshot.summary !== undefined)
    pool.expectInAll(snapshot.summary.totalFilesProcessed, snapshot.summary.totalBytesProcessed);
  const batches = new RestoreBatches(
    new FileContents(repository, pool, report, {
      sparse: options.sparse ?? false,
      verify: options.verify ?? false,
      dryRun,
      wholeFolders: options.delete ?? false,
      signal,
    }),
    signal,
  );
  const restorer = new TreeRestorer(repository, selection, batches, report, {
    overwrite: options.overwrite ?? 'always',
    delete: options.delete ?? false,
    verify: options.verify ?? false,
    spareFoldersAbove: options.spareFoldersAbove ?? false,
    dryRun,
    ownership: ownershipOf(options.ownership),
    ownerOf: options.ownershipByName ? ownerByName() : ownerByNumber,
    selectsAttribute: selectAttributes(options.includeAttributes, options.excludeAttributes),
    signal,
  });
  try {
    await restorer.restore(tree, folders.root);
    await batches.finish();
  } finally {
    await batches.settle();
  }
  return report.result();
}

function targetPath(target: string | Buffer): Buffer {
  const path = Buffer.from(target);
  if (path.length === 0) throw new InvalidRestoreOptionsError('no target folder was given', 'Name a folder.');
  // A path of bytes is joined bytewise; `resolve` would have to read it as text.
  const bytes = path.toString('latin1');
  return Buffer.from(resolve(Buffer.from(process.cwd()).toString('latin1'), bytes), 'latin1');
}

function checkOptions(options: RestoreOptions, target: Buffer, selection: Selection): void {
  if (options.dryRun && options.verify) {
    throw new InvalidRestoreOptionsError(
      'a dry run writes nothing that could be verified',
      'Leave out the dry run or the verification.',
    );
  }
  if (options.delete && target.equals(Buffer.from('/')) && selection.isEverything) {
    throw new InvalidRestoreOptionsError(
      'restoring to / and deleting what the snapshot does not hold would remove the system',
      'Name what to restore by include or exclude patterns, or restore to another folder.',
    );
  }
}

/** The target itself may be a symbolic link to a folder: whoever named it means what it leads to. */
function makeTarget(target: Buffer): void {
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    if (statSync(target).isDirectory()) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
  }
  throw new InvalidRestoreOptionsError(
    `${target.toString()}, or what leads to it, is no folder`,
    'Name a folder, or one that is still to be made.',
  );
}

function workersOf({ workers }: RestoreOptions): number {
  return workers ?? Math.min(mostWorkers, availableParallelism());
}

function ownershipOf(ownership: boolean | undefined): 'restore' | 'try' | 'leave' {
  if (ownership === false) return 'leave';
  return ownership || process.geteuid?.() === 0 ? 'restore' : 'try';
}
