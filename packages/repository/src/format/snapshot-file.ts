/**
 * Snapshot files (restic `internal/data/snapshot.go`): JSON, fields in the order in which restic writes them,
 * absent when empty. Fields that restic does not know would be lost when it rewrites a snapshot, so there are none.
 */
import { parseInstant } from './go/instant.ts';
import {
  asObject,
  count,
  id,
  type JsonObject,
  optionalCount,
  optionalId,
  optionalString,
  optionalStrings,
  parseObject,
  string,
} from './json/json-fields.ts';

export interface SnapshotSummary {
  /** RFC 3339 */
  readonly backupStart: string;
  readonly backupEnd: string;
  readonly filesNew: number;
  readonly filesChanged: number;
  readonly filesUnmodified: number;
  readonly dirsNew: number;
  readonly dirsChanged: number;
  readonly dirsUnmodified: number;
  readonly dataBlobs: number;
  readonly treeBlobs: number;
  /** bytes of new blobs before compression */
  readonly dataAdded: number;
  /** bytes of new blobs as stored */
  readonly dataAddedPacked: number;
  readonly totalFilesProcessed: number;
  readonly totalBytesProcessed: number;
}

/** What a snapshot file holds. */
export interface SnapshotContent {
  /** RFC 3339 with nanoseconds */
  readonly time: string;
  /** id of the root tree */
  readonly tree: string;
  readonly paths: readonly string[];
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly tags: readonly string[];
  readonly excludes: readonly string[];
  readonly parent?: string | undefined;
  readonly original?: string | undefined;
  readonly programVersion?: string | undefined;
  readonly summary?: SnapshotSummary | undefined;
}

export interface Snapshot extends SnapshotContent {
  /** the name of its file */
  readonly id: string;
}

const SUMMARY_COUNTS = {
  files_new: 'filesNew',
  files_changed: 'filesChanged',
  files_unmodified: 'filesUnmodified',
  dirs_new: 'dirsNew',
  dirs_changed: 'dirsChanged',
  dirs_unmodified: 'dirsUnmodified',
  data_blobs: 'dataBlobs',
  tree_blobs: 'treeBlobs',
  data_added: 'dataAdded',
  data_added_packed: 'dataAddedPacked',
  total_files_processed: 'totalFilesProcessed',
  total_bytes_processed: 'totalBytesProcessed',
} as const;

type SummaryCount = (typeof SUMMARY_COUNTS)[keyof typeof SUMMARY_COUNTS];

const unlessEmpty = <T>(value: T, empty: T): T | undefined => (value === empty ? undefined : value);
const unlessNone = (list: readonly string[]): readonly string[] | undefined =>
  list.length === 0 ? undefined : list;

export function encodeSnapshot(snapshot: SnapshotContent): Buffer {
  return Buffer.from(
    // Undefined fields are left out.
    JSON.stringify({
      time: snapshot.time,
      parent: snapshot.parent,
      tree: snapshot.tree,
      paths: snapshot.paths,
      hostname: unlessEmpty(snapshot.hostname, ''),
      username: unlessEmpty(snapshot.username, ''),
      uid: unlessEmpty(snapshot.uid, 0),
      gid: unlessEmpty(snapshot.gid, 0),
      excludes: unlessNone(snapshot.excludes),
      tags: unlessNone(snapshot.tags),
      original: snapshot.original,
      program_version: snapshot.programVersion,
      summary: snapshot.summary === undefined ? undefined : encodeSummary(snapshot.summary),
    }),
  );
}

function encodeSummary(summary: SnapshotSummary): JsonObject {
  const counts = Object.entries(SUMMARY_COUNTS).map(([field, name]) => [field, summary[name]]);
  return { backup_start: summary.backupStart, backup_end: summary.backupEnd, ...Object.fromEntries(counts) };
}

/** Throws `FormatError` when the document is no snapshot. */
export function decodeSnapshot(json: Uint8Array): SnapshotContent {
  const object = parseObject(json);
  const time = string(object, 'time');
  parseInstant(time);
  return {
    time,
    tree: id(object, 'tree'),
    paths: optionalStrings(object, 'paths'),
    hostname: optionalString(object, 'hostname') ?? '',
    username: optionalString(object, 'username') ?? '',
    uid: optionalCount(object, 'uid') ?? 0,
    gid: optionalCount(object, 'gid') ?? 0,
    tags: optionalStrings(object, 'tags'),
    excludes: optionalStrings(object, 'excludes'),
    ...whenPresent('parent', optionalId(object, 'parent')),
    ...whenPresent('original', optionalId(object, 'original')),
    ...whenPresent('programVersion', optionalString(object, 'program_version')),
    ...whenPresent('summary', decodeSummary(object)),
  };
}

const whenPresent = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

function decodeSummary(snapshot: JsonObject): SnapshotSummary | undefined {
  if (snapshot.summary === undefined || snapshot.summary === null) return undefined;
  const object = asObject(snapshot.summary, 'summary');
  // Rewritten snapshots carry only the totals.
  const counts = Object.entries(SUMMARY_COUNTS).map(([field, name]): [SummaryCount, number] => [
    name,
    field in object ? count(object, field) : 0,
  ]);
  return {
    backupStart: optionalString(object, 'backup_start') ?? '',
    backupEnd: optionalString(object, 'backup_end') ?? '',
    ...(Object.fromEntries(counts) as Record<SummaryCount, number>),
  };
}
