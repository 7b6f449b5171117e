/**
 * What is protected. A source knows how to be captured consistently, restored, rebuilt as a scratch
 * copy for a drill, and compared with the inventory that was taken at the very moment of its capture.
 *
 * A source never touches a repository: a capture hands out plain streams or paths, and a restore reads
 * from a `SnapshotReader`. Whoever runs the backup connects the two.
 */

export type SourceKind = 'files' | 'postgresql' | 'sqlite';

/** How far a long step is; `total` is absent as long as nobody knows it. */
export interface Progress {
  /** What is being done, in a few words: "dumping shop", "counting rows". */
  readonly step: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: 'bytes' | 'rows' | 'files' | 'objects';
  /** Files that are done, where `done` counts bytes: of many small or empty ones those say little. */
  readonly files?: number;
  readonly filesTotal?: number;
}

export interface SourceContext {
  readonly signal: AbortSignal;
  /** Called often; the callee throttles. */
  readonly onProgress?: (progress: Progress) => void;
  /** A line for the run's log: never a secret. */
  readonly onLog?: (line: string) => void;
}

/** What was found out before a run, so that a run that cannot succeed never starts. */
export interface Preflight {
  /** For people: "PostgreSQL 15.18 at 127.0.0.1:5433, database shop, pg_dump 15.18". */
  readonly description: string;
  readonly warnings: readonly string[];
}

/** One virtual file of a capture. Its stream throws when the capture failed, and never ends early. */
export interface CapturedFile {
  /** Relative path inside the snapshot's folder for this source, e.g. `shop.dump`, `globals.sql`. */
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PathsCapture {
  readonly form: 'paths';
  /** Absolute paths, given to the engine's file backup. */
  readonly paths: readonly string[];
  readonly excludes: readonly string[];
  readonly oneFileSystem: boolean;
}

export interface StreamsCapture {
  readonly form: 'streams';
  /** The absolute folder under which the files appear in the snapshot, e.g. `/octobox/shop`. */
  readonly folder: string;
  /**
   * Read strictly one after the other and each to its end. A stream that throws means that no
   * snapshot may be written. The last file is the inventory.
   */
  readonly files: AsyncIterable<CapturedFile>;
}

export type Capture = PathsCapture | StreamsCapture;

/**
 * Counts of everything in the source at the capture's point in time. Kept inside the snapshot as
 * `inventory.json`, so that a drill years later compares with what was there and not with what is now.
 */
export interface Inventory {
  readonly version: 1;
  readonly kind: SourceKind;
  readonly source: string;
  /** ISO 8601, UTC: the instant of the consistent view. */
  readonly takenAt: string;
  /** e.g. `{ server: "15.18" }` */
  readonly versions: Readonly<Record<string, string>>;
  /** Sorted by `type`, then `name`. */
  readonly objects: readonly InventoryObject[];
}

export interface InventoryObject {
  /** `table`, `view`, `sequence`, `function`, `trigger`, `extension`, `role`, `large-object`, … */
  readonly type: string;
  /** Qualified: `public.orders`. */
  readonly name: string;
  /** Rows of a table, elements of a set; absent where counting means nothing. */
  readonly count?: number;
  /** A fingerprint of the definition or of a value that must come back equal (a sequence's position). */
  readonly detail?: string;
}

/** Reads one snapshot of a repository; implemented by whoever holds the engine. */
export interface SnapshotReader {
  /** For people: the snapshot's short id and time. */
  readonly description: string;
  /** Size of one file of the snapshot in bytes; rejects when it is not there. */
  size(path: string): Promise<number>;
  /** The bytes of one file of the snapshot, every blob verified. */
  read(path: string): AsyncIterable<Uint8Array>;
  /**
   * Every entry below the snapshot's root, depth first: absolute path, type in the repository format's
   * words (`file`, `dir`, `symlink`, `dev`, `chardev`, `fifo`, `socket`), size in bytes of a file.
   */
  entries(): AsyncIterable<{ path: string; type: string; size: number; modified: string }>;
  /**
   * Restores everything (or what the patterns include) under its full path below `target`, and verifies
   * every byte when asked: a difference rejects.
   */
  extract(
    target: string,
    options: { include?: readonly string[]; verify: boolean; context: SourceContext },
  ): Promise<{ files: number; bytes: number }>;
}

/** One question a verification asked, and its answer. Everything that was not asked is unknown. */
export interface Check {
  /** Stable: `rows`, `objects`, `sequences`, `content`, `integrity`, `foreign-keys`, … */
  readonly name: string;
  readonly outcome: 'passed' | 'failed';
  /** For people: "12 tables, 1,204,311 rows, all as in the backup". */
  readonly summary: string;
  /** The first differences, at most 50. */
  readonly differences: readonly string[];
}

export interface VerificationReport {
  readonly outcome: 'passed' | 'failed';
  readonly checks: readonly Check[];
}

/** A private copy of the source for a drill. Disposing it removes everything, also after a failure. */
export interface ScratchCopy extends AsyncDisposable {
  /** For people: where it is. */
  readonly description: string;
  /** Compares the copy with the inventory of its snapshot. */
  verify(context: SourceContext): Promise<VerificationReport>;
}

/** What the live source lacks compared with an inventory: the signs of a disaster. */
export interface ProbeFinding {
  /** `suspicious`: its backup changed as after an intrusion; no probe says so, the backup does. */
  readonly kind: 'unreachable' | 'missing' | 'shrunk' | 'suspicious';
  /** "table public.orders", "folder /srv/www/images" */
  readonly object: string;
  /** For people. */
  readonly summary: string;
  /** Of what has shrunk, how much of it the last backup has and the source does not, from 0 to 1. */
  readonly lostShare?: number;
}

export interface ProbeReport {
  readonly reachable: boolean;
  readonly findings: readonly ProbeFinding[];
}

export interface RestoreReport {
  readonly files: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
  /**
   * What was compared with the inventory before the restored data took the place of the live data, while
   * nobody could write to it; absent where a source has no such moment.
   */
  readonly verification?: VerificationReport;
}

export interface Source {
  readonly kind: SourceKind;
  /** For people and logs: no secret in it. */
  readonly label: string;
  /** Absolute folder (streams) or first path (files) of this source inside its snapshots. */
  readonly folder: string;

  /** Finds out whether a capture can work: reachable, permitted, client not older than the server. */
  preflight(context: SourceContext): Promise<Preflight>;

  /** Starts a consistent capture. Whoever calls must read it to the end or abort the signal. */
  capture(context: SourceContext): Promise<Capture>;

  /** Puts the snapshot back in place of the live source. Destructive: the caller has asked. */
  restore(snapshot: SnapshotReader, context: SourceContext): Promise<RestoreReport>;

  /** Builds a scratch copy out of the snapshot alone, never touching the live source. */
  scratch(snapshot: SnapshotReader, folder: string, context: SourceContext): Promise<ScratchCopy>;

  /**
   * Verifies the live source against the snapshot's inventory, e.g. after a restore. A live source goes
   * on: more than in the inventory is fine (and said), fewer, missing or different is not.
   */
  verify(snapshot: SnapshotReader, context: SourceContext): Promise<VerificationReport>;

  /**
   * A cheap look at the live source, compared with the last snapshot: is it there, is something that
   * was backed up gone? Bounded work; never a full count.
   */
  probe(snapshot: SnapshotReader | undefined, context: SourceContext): Promise<ProbeReport>;
}
