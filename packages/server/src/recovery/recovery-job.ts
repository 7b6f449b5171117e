import type { Repository, Snapshot } from '@octobox/repository';
import { SnapshotMissingError } from '@octobox/repository/errors';
import type { Check, SourceContext, VerificationReport } from '@octobox/sources';
import { type ConnectSource, type ReplacedSnapshots, type Runs, SnapshotContents } from '../backup/index.ts';
import type { Catalog, ProtectedSource } from '../catalog/index.ts';
import {
  type Clock,
  type Emitter,
  type Instant,
  instant,
  JobCancelledError,
  type JobContext,
  JobInterruptedError,
  type JobProgress,
  NotFoundError,
} from '../platform/index.ts';
import type { RecoveryFact } from './facts.ts';
import type { Recoveries } from './recoveries.ts';

/** What drills and restores both work with. */
export interface RecoveryParts {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly runs: Runs;
  readonly replaced: ReplacedSnapshots;
  readonly recoveries: Recoveries;
  readonly keeper: { open(signal?: AbortSignal): Promise<Repository> };
  readonly connect: ConnectSource;
  readonly events: Emitter<RecoveryFact>;
}

export interface ChosenSnapshot {
  readonly id: string;
  /** Another one where the repository has it with its former tags, as one off site until the next mirror. */
  readonly storedId: string;
  readonly recoveryPointAt: Instant;
  readonly bytes: number | undefined;
  readonly files: number | undefined;
}

/** The named snapshot, else the newest backup that was taken while the source was whole. */
export async function chooseSnapshot(
  parts: RecoveryParts,
  source: ProtectedSource,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<ChosenSnapshot> {
  if (wanted === undefined) {
    const run = await parts.runs.lastGood(source.id);
    if (run?.snapshotId === undefined || run.recoveryPointAt === undefined) {
      throw new NotFoundError(`backup of ${source.name} yet`, {
        advice: `Take one first: octobox backup ${source.name}.`,
      });
    }
    return {
      id: run.snapshotId,
      storedId: run.snapshotId,
      recoveryPointAt: run.recoveryPointAt,
      bytes: run.bytesRead,
      files: run.files,
    };
  }
  const repository = await parts.keeper.open(signal);
  try {
    const snapshot = await findSnapshot(parts, repository, wanted, signal);
    const later = await parts.replaced.successor(snapshot.id);
    const id = later?.how === 'relabelled' ? later.id : snapshot.id;
    const run = await parts.runs.bySnapshot(id);
    return {
      id,
      storedId: snapshot.id,
      recoveryPointAt: run?.recoveryPointAt ?? new Date(snapshot.time).toISOString(),
      bytes: run?.bytesRead ?? snapshot.summary?.totalBytesProcessed,
      files: run?.files ?? snapshot.summary?.totalFilesProcessed,
    };
  } finally {
    await repository.close();
  }
}

/** One that got other tags since it was asked for is found by its id of now. */
async function findSnapshot(
  { replaced }: RecoveryParts,
  repository: Repository,
  wanted: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  try {
    return await repository.snapshot(wanted, {}, { signal });
  } catch (error) {
    const successor = error instanceof SnapshotMissingError ? await replaced.successor(wanted) : undefined;
    if (successor === undefined) throw error;
    if (successor.how === 'relabelled') return await repository.snapshot(successor.id, {}, { signal });
    const short = successor.id.slice(0, 8);
    throw new NotFoundError(
      `snapshot ${wanted.slice(0, 8)} any more: it was ${successor.how}, and is now ${short}`,
      {
        advice: `That holds something else than what was asked for. Look at ${short}, and ask for it if it is meant.`,
      },
    );
  }
}

/** Opens the snapshot for a source to read; disposing it closes repository and lock. */
export async function openSnapshot(
  parts: RecoveryParts,
  snapshotId: string,
  signal: AbortSignal,
): Promise<SnapshotContents> {
  return await SnapshotContents.open(await parts.keeper.open(signal), snapshotId, signal);
}

export function sourceContext(job: JobContext, onProgress: (progress: JobProgress) => void): SourceContext {
  return {
    signal: job.signal,
    onProgress: (progress) => {
      job.progress(progress);
      onProgress(progress);
    },
    onLog: (line) => job.log(line),
  };
}

/** A stopwatch that a change of the clock does not touch. */
export function stopwatch(): () => number {
  const began = performance.now();
  return () => performance.now() - began;
}

export function endState(error: unknown): 'failed' | 'cancelled' | 'interrupted' {
  if (error instanceof JobCancelledError) return 'cancelled';
  return error instanceof JobInterruptedError ? 'interrupted' : 'failed';
}

/** A verification without a single check proves nothing and does not pass. */
export const passes = (report: VerificationReport): boolean =>
  report.outcome === 'passed' && report.checks.length > 0;

export function logChecks(job: JobContext, checks: readonly Check[]): void {
  for (const check of checks) {
    job.log(`${check.outcome === 'passed' ? 'passed' : 'FAILED'} ${check.name}: ${check.summary}`);
    for (const difference of check.differences.slice(0, 10)) job.log(`  ${difference}`);
  }
}

export const nowOf = (parts: RecoveryParts): Instant => instant(parts.clock.now());
