import type { Snapshot, SnapshotSummary } from '@octobox/repository';
import { shortId } from './quantities.ts';

/** restic's field names of a snapshot's summary. */
export const summaryJson = (summary: SnapshotSummary): object => ({
  backup_start: summary.backupStart,
  backup_end: summary.backupEnd,
  files_new: summary.filesNew,
  files_changed: summary.filesChanged,
  files_unmodified: summary.filesUnmodified,
  dirs_new: summary.dirsNew,
  dirs_changed: summary.dirsChanged,
  dirs_unmodified: summary.dirsUnmodified,
  data_blobs: summary.dataBlobs,
  tree_blobs: summary.treeBlobs,
  data_added: summary.dataAdded,
  data_added_packed: summary.dataAddedPacked,
  total_files_processed: summary.totalFilesProcessed,
  total_bytes_processed: summary.totalBytesProcessed,
});

const filled = <Item>(list: readonly Item[]): readonly Item[] | undefined =>
  list.length === 0 ? undefined : list;

/** What a snapshot file holds, in restic's order. */
export const snapshotContentJson = (snapshot: Snapshot): object => ({
  time: snapshot.time,
  parent: snapshot.parent,
  tree: snapshot.tree,
  paths: snapshot.paths,
  hostname: snapshot.hostname,
  username: snapshot.username,
  uid: snapshot.uid || undefined,
  gid: snapshot.gid || undefined,
  excludes: filled(snapshot.excludes),
  tags: filled(snapshot.tags),
  original: snapshot.original,
  program_version: snapshot.programVersion,
  summary: snapshot.summary === undefined ? undefined : summaryJson(snapshot.summary),
});

/** A snapshot as restic's `--json` shows it. */
export const snapshotJson = (snapshot: Snapshot): object => ({
  ...snapshotContentJson(snapshot),
  id: snapshot.id,
  short_id: shortId(snapshot.id),
});
