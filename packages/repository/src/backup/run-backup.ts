/**
 * What every backup has in common, in the order that keeps a repository valid at any moment:
 *
 *     lock begun → index → blobs → lock held → packs and index files durable → lock still held? → snapshot
 *
 * Sources are read while the lock settles; when it cannot be held, nobody has seen anything of this backup.
 *
 * Until the snapshot is written nothing of an interrupted backup is visible; what it stored is found and used by the
 * next one, or removed by prune.
 */
import { setTimeout as nextTimers } from 'node:timers/promises';
import { formatGoTime } from '../format/go/go-time.ts';
import { encodeSnapshot } from '../format/snapshot-file.ts';
import { beginLock } from '../locks/lock.ts';
import { currentUser } from '../runtime/current-user.ts';
import { holdHeapSmall, trimHeap } from '../runtime/small-heap.ts';
import type { Repository } from '../store/repository.ts';
import type { SnapshotContent } from '../store/snapshots/snapshots.ts';
import { ChangeWatch } from '../suspicion/change-watch.ts';
import type { Sign } from '../suspicion/judge-change.ts';
import { SUSPICIOUS_TAG } from '../suspicion/suspicious-tag.ts';
import type { BackupResult, CommonBackupOptions } from './backup-types.ts';
import { BlobStore } from './blob-store.ts';
import { Tally } from './tally.ts';

export interface BackupContext {
  readonly repository: Repository;
  readonly store: BlobStore;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  /** Resolves when the lock is held. For who reads what can be read only once. */
  readonly lockHeld: Promise<void>;
  readonly watch?: ChangeWatch | undefined;
  /** Nanoseconds since 1970: the time of the snapshot. */
  readonly time: bigint;
}

/** What the snapshot says beyond host, user, time and summary. */
export interface BackupContent {
  readonly tree: Buffer;
  readonly paths: readonly string[];
  readonly excludes: readonly string[];
  readonly parent: string | undefined;
  /** No snapshot is written when the tree is this one, hex. */
  readonly unwantedTree?: string | undefined;
  /** False when no file was compared with the parent's; true when absent and there is a parent. */
  readonly compared?: boolean | undefined;
}

/** `collect` stores everything and gives the root tree; when it throws there is no snapshot. */
export async function runBackup(
  repository: Repository,
  options: CommonBackupOptions & { readonly dryRun?: boolean | undefined },
  collect: (context: BackupContext) => Promise<BackupContent>,
): Promise<BackupResult> {
  const { dryRun = false, signal: outer, workers, threads } = options;
  outer?.throwIfAborted();
  using _ = holdHeapSmall();
  const begun =
    options.noLock === true || dryRun
      ? undefined
      : await beginLock(repository, {
          kind: 'shared',
          retryFor: options.retryLock,
          abandonedAfter: options.abandonedAfter,
          signal: outer,
          onWait: options.onLockWait,
        });
  await using lock = begun?.lock;
  const lockHeld = begun?.held ?? options.lockHeld ?? Promise.resolve();
  // Awaited below, and by who publishes; until then a failure must not count as unhandled.
  lockHeld.catch(() => {});
  const signal = AbortSignal.any([outer, lock?.signal].filter((one) => one !== undefined));
  const tally = new Tally(options);
  await loadIndex(repository, signal, lockHeld);
  trimHeap();
  const store = new BlobStore(repository, tally, { workers, dryRun, signal, ready: lockHeld, threads });
  const stop = (): void => store.pool.fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const time = BigInt((options.time ?? tally.start).getTime()) * 1_000_000n;
  try {
    const watch = options.watchForIntrusion === true && !dryRun ? new ChangeWatch() : undefined;
    const content = await collect({ repository, store, tally, signal, lockHeld, watch, time });
    await lockHeld;
    await store.finish();
    signal.throwIfAborted();
    tally.report(true);
    // Timers that fell due while this process was stopped run first: with them it hears that its lock is lost.
    await nextTimers();
    signal.throwIfAborted();
    const unmarked = describe(options, content, tally, time);
    const compared = content.parent !== undefined && content.compared !== false;
    const signs = (await watch?.judge(repository, unmarked, compared, { signal })) ?? [];
    const isUnwanted = content.tree.toString('hex') === content.unwantedTree;
    const snapshot =
      dryRun || isUnwanted ? undefined : await writeSnapshot(repository, marked(unmarked, signs), signal);
    return {
      snapshot,
      signs,
      summary: snapshot?.summary ?? tally.summary(),
      changedWhileReading: tally.changedWhileReading,
      errors: tally.errors,
      errorCount: tally.errorCount,
      warnings: tally.warnings,
    };
  } catch (error) {
    // A lock that cannot be held explains everything else: who held it may have changed what was read.
    await lockHeld.catch(() => {});
    const reason = signal.aborted ? signal.reason : error;
    await store.abort(reason);
    throw reason;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function loadIndex(
  repository: Repository,
  signal: AbortSignal,
  lockHeld: Promise<void>,
): Promise<void> {
  try {
    await repository.loadIndex({ signal });
  } catch (error) {
    await lockHeld;
    throw error;
  }
}

function describe(
  options: CommonBackupOptions,
  content: BackupContent,
  tally: Tally,
  time: bigint,
): SnapshotContent {
  const user = currentUser();
  return {
    time: formatGoTime(time),
    parent: content.parent,
    tree: content.tree.toString('hex'),
    paths: content.paths,
    hostname: options.host,
    username: user.name,
    uid: user.uid,
    gid: user.gid,
    excludes: content.excludes,
    tags: options.tags ?? [],
    programVersion: options.programVersion ?? 'octobox',
    summary: tally.summary(),
  };
}

const marked = (snapshot: SnapshotContent, signs: readonly Sign[]): SnapshotContent =>
  signs.length === 0 ? snapshot : { ...snapshot, tags: [...new Set([...snapshot.tags, SUSPICIOUS_TAG])] };

async function writeSnapshot(
  repository: Repository,
  snapshot: SnapshotContent,
  signal: AbortSignal,
): Promise<SnapshotContent & { readonly id: string }> {
  return {
    ...snapshot,
    id: await repository.writeUnpacked('snapshot', encodeSnapshot(snapshot), { signal }),
  };
}
