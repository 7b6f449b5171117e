import type { Repository } from '@octobox/repository';
import type { OnWritten } from '@octobox/repository/rewrite';
import type { JobProgress } from '../../platform/index.ts';

/** Which part is to be mended. In this order they help: what the index says, damaged packs, snapshots that lack something. */
export type RepairWish =
  | { readonly what: 'index'; readonly readAllPacks?: boolean }
  | { readonly what: 'packs'; readonly packs: readonly string[] }
  | { readonly what: 'snapshots' };

/** How much there is of what; only what the part knows. */
export interface RepairCounts {
  /** Index files that cannot be read. */
  readonly indexFilesReplaced?: number;
  /** Packs that no index named. */
  readonly packsAdded?: number;
  readonly packsReadAgain?: number;
  /** Packs that the index names and that are not there, or whose header cannot be read. */
  readonly packsLeftOut?: number;
  /** Damaged packs that go. */
  readonly packsRemoved?: number;
  readonly blobsSaved?: number;
  readonly blobsLost?: number;
  readonly snapshotsReplaced?: number;
  /** Snapshots of which nothing is left. */
  readonly snapshotsRemoved?: number;
  /** Snapshot files that cannot be read, and stay. */
  readonly snapshotsUnreadable?: number;
  /** Files and folders inside of snapshots. */
  readonly pathsChanged?: number;
}

/** A plan as it is kept and shown. */
export interface RepairFigures {
  readonly changesAnything: boolean;
  /** What would be done, for people: the first hundred. */
  readonly sentences: readonly string[];
  readonly moreSentences: number;
  readonly counts: RepairCounts;
  /** Marks of all that goes for good or becomes another: nothing else may. */
  readonly marks: readonly string[];
}

export interface RepairOutcome {
  readonly sentences: readonly string[];
  readonly moreSentences: number;
  readonly counts: RepairCounts;
  /** Byte for byte copies of damaged packs, beneath the platform's data folder. */
  readonly copies: readonly string[];
}

export interface RepairOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

export interface RepairHelp {
  /** Keeps the file of a pack as it lies there, and tells where. */
  readonly keepPack: (pack: string) => Promise<string>;
  /** For whoever knows snapshots by their ids. */
  readonly onWritten: OnWritten;
}

/** A plan, and the carrying out of that very plan. */
export interface PlannedRepair {
  readonly figures: RepairFigures;
  /** Needs an exclusive lock. Gives what is to be told, and the copies that were made. */
  apply(
    help: RepairHelp,
  ): Promise<{ readonly sentences: readonly string[]; readonly copies?: readonly string[] }>;
}

/** Takes no lock: the caller holds one. */
export type PlanRepair<Wish extends RepairWish> = (
  repository: Repository,
  wish: Wish,
  options: RepairOptions,
) => Promise<PlannedRepair>;
