/** What rewriting snapshots comes to: a plan that is shown, and then applied as it is. */
import type { Repository } from '../store/repository.ts';
import { compareSnapshots, type Snapshot, type SnapshotContent } from '../store/snapshots/snapshots.ts';
import {
  applyReplacements,
  contentOf,
  type OnWritten,
  planReplacement,
  type Replaced,
  type Replacement,
} from './replacement.ts';
import { RewritePlanOutdatedError } from './rewrite-errors.ts';
import { type RewriteRule, TreeRewriter } from './tree-rewriter.ts';

export interface SnapshotRewriteOptions {
  /** How trees change; they stay as they are when absent. */
  readonly rule?: RewriteRule | undefined;
  /** Counts files and bytes of the new tree into the summary. */
  readonly countsSummary?: boolean | undefined;
  readonly hostname?: string | undefined;
  /** RFC 3339 */
  readonly time?: string | undefined;
  /** Given to new snapshots when the old ones stay. */
  readonly mark: string;
  /** Whether the old snapshots go. */
  readonly forget: boolean;
  /** Whether, together with `forget`, a snapshot goes of which nothing is left; else it stays as it is. */
  readonly removesEmpty?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onSnapshot?: ((done: number, total: number) => void) | undefined;
}

export interface RewritePlan {
  /** Snapshots that change, oldest first. */
  readonly replacements: readonly Replacement[];
  /** How many stay as they are. */
  readonly unchanged: number;
  readonly rule: RewriteRule | undefined;
}

/**
 * Needs the index. Stores nothing.
 * @param all every snapshot that can be read
 * @throws TreeNotReproducibleError, and what reading trees throws
 */
export async function planRewrite(
  repository: Repository,
  snapshots: readonly Snapshot[],
  options: SnapshotRewriteOptions,
  all: readonly Snapshot[],
): Promise<RewritePlan> {
  const { rule, signal } = options;
  const rewriter = rule && new TreeRewriter(repository, rule, { signal });
  const replacements: Replacement[] = [];
  let done = 0;
  for (const old of [...snapshots].sort(compareSnapshots)) {
    options.onSnapshot?.(done++, snapshots.length);
    const tree = await rewriter?.rewrite(Buffer.from(old.tree, 'hex'));
    if (tree !== undefined && tree.id === undefined) {
      if (options.forget && options.removesEmpty)
        replacements.push(planReplacement(old, undefined, true, all));
      continue;
    }
    const content = changed(old, tree?.id?.toString('hex') ?? old.tree, tree, options);
    if (content !== undefined) replacements.push(planReplacement(old, content, options.forget, all));
  }
  options.onSnapshot?.(done, snapshots.length);
  // Without forgetting, an earlier run did all of it already.
  const open = replacements.filter(({ existing, removeOld }) => existing === undefined || removeOld);
  return { replacements: open, unchanged: snapshots.length - open.length, rule };
}

function changed(
  old: Snapshot,
  tree: string,
  counts: { readonly files: number; readonly bytes: number } | undefined,
  options: SnapshotRewriteOptions,
): SnapshotContent | undefined {
  const { hostname, time, mark, forget } = options;
  const totals =
    options.countsSummary && counts !== undefined
      ? { totalFilesProcessed: counts.files, totalBytesProcessed: counts.bytes }
      : undefined;
  const isCounted =
    totals === undefined ||
    (old.summary?.totalFilesProcessed === totals.totalFilesProcessed &&
      old.summary.totalBytesProcessed === totals.totalBytesProcessed);
  if (tree === old.tree && hostname === undefined && time === undefined && isCounted) return undefined;
  return {
    ...contentOf(old),
    tree,
    original: old.id,
    ...(totals === undefined ? {} : { summary: { ...(old.summary ?? noSummary), ...totals } }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(time === undefined ? {} : { time }),
    tags: forget || old.tags.includes(mark) ? old.tags : [...old.tags, mark],
  };
}

const noSummary = {
  // Go's zero time, as restic writes it.
  backupStart: '0001-01-01T00:00:00Z',
  backupEnd: '0001-01-01T00:00:00Z',
  filesNew: 0,
  filesChanged: 0,
  filesUnmodified: 0,
  dirsNew: 0,
  dirsChanged: 0,
  dirsUnmodified: 0,
  dataBlobs: 0,
  treeBlobs: 0,
  dataAdded: 0,
  dataAddedPacked: 0,
};

export interface ApplyRewriteOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onWritten?: OnWritten | undefined;
  readonly onSnapshot?: ((done: number, total: number) => void) | undefined;
}

/**
 * Needs the index and a lock: exclusive when old snapshots go, else shared. New trees and their index are durable
 * before the first snapshot is written, and each new snapshot before its old one goes.
 * @throws RewritePlanOutdatedError before any snapshot is touched
 */
export async function applyRewrite(
  repository: Repository,
  { replacements, rule }: RewritePlan,
  { signal, onWritten, onSnapshot }: ApplyRewriteOptions = {},
): Promise<Replaced[]> {
  if (rule !== undefined && replacements.length > 0) {
    const saver = repository.saver({ signal });
    try {
      const sink = (bytes: Buffer): Promise<unknown> => saver.save('tree', bytes);
      const rewriter = new TreeRewriter(repository, rule, { sink, signal });
      for (const [done, { old, content }] of replacements.entries()) {
        onSnapshot?.(done, replacements.length);
        const { id } = await rewriter.rewrite(Buffer.from(old.tree, 'hex'));
        if (id?.toString('hex') !== content?.tree) throw new RewritePlanOutdatedError(old.id);
      }
      await saver.finish();
    } catch (error) {
      await saver.abort();
      throw error;
    }
  }
  return await applyReplacements(repository, replacements, { signal, onWritten });
}
