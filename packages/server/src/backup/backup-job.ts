import { hostname } from 'node:os';
import type { BackupProgress, BackupResult, BackupWarning, Repository, Sign } from '@octobox/repository';
import { RepositoryMissingError } from '@octobox/repository/errors';
import type { Source, SourceContext } from '@octobox/sources';
import { StorageMetrics, storageUse } from '@octobox/storage';
import type { Catalog, ProtectedSource } from '../catalog/index.ts';
import {
  type Afterwards,
  type Clock,
  describeFailure,
  type Emitter,
  instant,
  JobCancelledError,
  type JobContext,
  type JobDefinition,
  JobInterruptedError,
  type JobProgress,
  type JobRequest,
  type Writer,
} from '../platform/index.ts';
import type { ConnectSource } from './connect-source.ts';
import type { BackupFact } from './facts.ts';
import { InventoryTap } from './inventory-tap.ts';
import { makeFirstRepository } from './repository/first-repository.ts';
import type { RepositoryKeeper } from './repository/repository-keeper.ts';
import type { RepositoryLocations } from './repository/repository-locations.ts';
import type { Run } from './run.ts';
import type { Runs } from './runs.ts';
import { abandonedLockMs, tellWhomFor } from './upkeep/repository-alone.ts';

export interface BackupPayload {
  readonly sourceId: string;
  readonly reason: string;
}

/** Snapshots carry the source they are of, so that two sources with the same paths stay apart. */
export const sourceTag = (sourceId: string): string => `octobox:source=${sourceId}`;

/** Whether it is one by which the platform knows its own: it is nobody's to change. */
export const isSourceTag = (tag: string): boolean => tag.startsWith(sourceTag(''));

/** A scheduled backup that fails is tried again before the next one is due. */
const scheduledAttempts = 3;
/** How long a backup waits while the repository is being pruned. */
const lockPatienceMs = 15 * 60_000;
const keptWarnings = 100;

export const backupRequest = (
  payload: BackupPayload,
  maxAttempts = scheduledAttempts,
): JobRequest<BackupPayload> => ({
  kind: 'backup',
  payload,
  uniqueKey: `backup:${payload.sourceId}`,
  lane: `source:${payload.sourceId}`,
  maxAttempts,
});

/** Connects a source's capture with the engine and keeps the book of runs. */
export class BackupJob implements JobDefinition<BackupPayload> {
  readonly kind = 'backup';
  readonly concurrency = 2;
  readonly maxAttempts = scheduledAttempts;
  readonly #clock: Clock;
  readonly #catalog: Catalog;
  readonly #runs: Runs;
  readonly #keeper: RepositoryKeeper;
  readonly #repositoryLocations: RepositoryLocations;
  readonly #connect: ConnectSource;
  readonly #events: Emitter<BackupFact>;
  readonly #isSuspect: (sourceId: string) => Promise<boolean>;
  readonly #lacksSomething: (source: ProtectedSource, signal: AbortSignal) => Promise<boolean>;
  readonly #reportSigns: (source: ProtectedSource, signs: readonly Sign[]) => Promise<void>;
  readonly #isUnderSuspicion: (sourceId: string) => Promise<boolean>;

  constructor(options: {
    clock: Clock;
    catalog: Catalog;
    runs: Runs;
    keeper: RepositoryKeeper;
    repositoryLocations: RepositoryLocations;
    connect: ConnectSource;
    events: Emitter<BackupFact>;
    /** Whether the source is known to lack something: such a backup is taken, and never counted on. */
    isSuspect: (sourceId: string) => Promise<boolean>;
    /** Looks at the source now, compared with the last good backup. */
    lacksSomething: (source: ProtectedSource, signal: AbortSignal) => Promise<boolean>;
    /** Told before the run counts when a backup shows signs of an intrusion. */
    reportSigns: (source: ProtectedSource, signs: readonly Sign[]) => Promise<void>;
    isUnderSuspicion: (sourceId: string) => Promise<boolean>;
  }) {
    this.#clock = options.clock;
    this.#catalog = options.catalog;
    this.#runs = options.runs;
    this.#keeper = options.keeper;
    this.#repositoryLocations = options.repositoryLocations;
    this.#connect = options.connect;
    this.#events = options.events;
    this.#isSuspect = options.isSuspect;
    this.#lacksSomething = options.lacksSomething;
    this.#reportSigns = options.reportSigns;
    this.#isUnderSuspicion = options.isUnderSuspicion;
  }

  async run(payload: BackupPayload, job: JobContext): Promise<{ runId: number }> {
    const source = await this.#catalog.source(payload.sourceId);
    const done = await this.#ofAnEarlierAttempt(source.id, job);
    if (done !== undefined) {
      this.#events.emit({ type: 'run.finished', run: done });
      return { runId: done.id };
    }
    const run = await this.#runs.begin({
      sourceId: source.id,
      jobId: job.job.id,
      reason: payload.reason,
      startedAt: instant(this.#clock.now()),
      suspect: await this.#isSuspect(source.id),
    });
    this.#events.emit({ type: 'run.started', run });
    const metrics = new StorageMetrics();
    try {
      const finished = await this.#backUp(source, run, job, metrics);
      this.#events.emit({ type: 'run.finished', run: finished });
      return { runId: run.id };
    } catch (thrown) {
      const error: unknown = job.signal.aborted ? job.signal.reason : thrown;
      const state =
        error instanceof JobCancelledError
          ? 'cancelled'
          : error instanceof JobInterruptedError
            ? 'interrupted'
            : 'failed';
      const failed = await this.#runs.fail(run.id, {
        state,
        finishedAt: instant(this.#clock.now()),
        storage: storageUse(metrics),
        failure: describeFailure(error),
      });
      this.#events.emit({ type: 'run.finished', run: failed });
      throw error;
    }
  }

  /** Its worker may have vanished between the end of the backup and that of the job. */
  async #ofAnEarlierAttempt(sourceId: string, { job }: JobContext): Promise<Run | undefined> {
    if (job.attempts < 2) return undefined;
    const [done] = await this.#runs.list({ sourceId, jobId: job.id, state: 'succeeded', limit: 1 });
    return done;
  }

  async interrupted(
    _payload: BackupPayload,
    job: { id: number },
    transaction: Writer,
  ): Promise<Afterwards | undefined> {
    const failure = describeFailure(new JobInterruptedError('the process that took the backup vanished'));
    const runs = await this.#runs.interruptJob(transaction, job.id, instant(this.#clock.now()), failure);
    return async () => {
      for (const run of runs) this.#events.emit({ type: 'run.finished', run });
    };
  }

  async #backUp(source: ProtectedSource, run: Run, job: JobContext, metrics: StorageMetrics): Promise<Run> {
    const warnings: string[] = [];
    const warn = (line: string): void => {
      job.log(line);
      if (warnings.length < keptWarnings) warnings.push(line);
    };
    const progress = (step: JobProgress): void => {
      job.progress(step);
      this.#events.emit({ type: 'run.progress', run, progress: step });
    };
    const context: SourceContext = {
      signal: job.signal,
      onProgress: progress,
      onLog: (line) => job.log(line),
    };

    const connected = await this.#connect(source);
    const preflight = await connected.preflight(context);
    job.log(preflight.description);
    for (const warning of preflight.warnings) warn(warning);

    await using repository = disposable(await this.#open(job, metrics));
    await this.#removeAbandonedLocks(repository.value, job);
    const tap = new InventoryTap();
    const startedAt = this.#clock.now();
    const result = await this.#store(
      source,
      connected,
      repository.value,
      tap,
      startedAt,
      context,
      progress,
      warn,
    );
    const { snapshot, summary } = result;
    if (snapshot === undefined) throw new Error('the engine returned no snapshot');
    for (const path of result.changedWhileReading.slice(0, keptWarnings))
      warn(`${path} changed while it was read`);
    job.log(`snapshot ${snapshot.id.slice(0, 8)} is written`);
    await this.#repositoryLocations.note(repository.value.storage.location);
    // Looked at after the capture and before the run counts: what was lost since the last probe, or while the
    // backup ran, is not in it, and must not become what later losses are compared with.
    const { signs } = result;
    if (signs.length > 0) {
      for (const { summary: sentence } of signs) warn(`suspicious: ${sentence}`);
      await this.#reportSigns(source, signs);
    }
    const suspect = (await this.#lacksSomething(source, job.signal)) || run.suspect;
    if (suspect && (await this.#isUnderSuspicion(source.id)))
      warn('the source looks suspicious and nobody has settled it: this backup is not counted on');
    else if (suspect) warn('the source lacks what the last good backup holds: this backup is not counted on');
    return await this.#runs.succeed(run.id, {
      finishedAt: instant(this.#clock.now()),
      snapshotId: snapshot.id,
      recoveryPointAt: tap.takenAt ?? instant(startedAt),
      bytesRead: summary.totalBytesProcessed,
      bytesStored: summary.dataAddedPacked,
      files: summary.totalFilesProcessed,
      filesChanged: summary.filesNew + summary.filesChanged,
      storage: storageUse(metrics),
      warnings,
      suspect,
    });
  }

  /** The repository, which the first backup of all makes: sources may be added where nothing else would. */
  async #open(job: JobContext, metrics: StorageMetrics): Promise<Repository> {
    try {
      return await this.#keeper.open(job.signal, metrics);
    } catch (error) {
      if (!(error instanceof RepositoryMissingError)) throw error;
      const { created } = await makeFirstRepository({
        keeper: this.#keeper,
        repositoryLocations: this.#repositoryLocations,
      });
      if (created) job.log('the repository was made just now: keep a copy of its password elsewhere');
      return await this.#keeper.open(job.signal, metrics);
    }
  }

  /** Those of a process that was killed would keep others out until the daily retention. */
  async #removeAbandonedLocks(repository: Repository, job: JobContext): Promise<void> {
    const { removeLocks } = await import('@octobox/repository/locks');
    try {
      const { removed } = await removeLocks(repository, { all: false, silence: abandonedLockMs });
      if (removed > 0)
        job.log(`removed ${removed} ${removed === 1 ? 'lock' : 'locks'} of processes that are gone`);
    } catch (error) {
      // A storage may refuse it: the backup goes on, and finds out itself whether one is in its way.
      job.signal.throwIfAborted();
      job.log(`abandoned locks could not be removed: ${describeFailure(error).message}`);
    }
  }

  async #store(
    source: ProtectedSource,
    connected: Source,
    repository: Awaited<ReturnType<RepositoryKeeper['open']>>,
    tap: InventoryTap,
    time: Date,
    context: SourceContext,
    progress: (step: JobProgress) => void,
    warn: (line: string) => void,
  ): Promise<BackupResult> {
    // Aborted when storing fails, so that a dumper never waits for a reader that went away.
    const capturing = new AbortController();
    const signal = AbortSignal.any([context.signal, capturing.signal]);
    try {
      const { backupFiles, backupStreams } = await import('@octobox/repository/backup');
      const capture = await connected.capture({ ...context, signal });
      const common = {
        host: hostname(),
        tags: [sourceTag(source.id)],
        time,
        retryLock: lockPatienceMs,
        abandonedAfter: abandonedLockMs,
        onLockWait: tellWhomFor(context),
        watchForIntrusion: true,
        signal,
        onProgress: ({ bytesDone, filesDone }: BackupProgress) =>
          progress({
            step: 'storing',
            done: bytesDone,
            unit: 'bytes',
            // The few of a dump are not what somebody would call files.
            ...(capture.form === 'paths' ? { files: filesDone } : {}),
          }),
        onWarning: ({ message }: BackupWarning) => warn(message),
      };
      if (capture.form === 'streams') {
        return await backupStreams(repository, {
          ...common,
          folder: capture.folder,
          files: tap.files(capture.files),
        });
      }
      return await backupFiles(repository, {
        ...common,
        paths: capture.paths,
        excludes: capture.excludes,
        oneFileSystem: capture.oneFileSystem,
        onError: (path, error) => warn(`${path}: ${error.message}`),
      });
    } finally {
      capturing.abort();
    }
  }
}

const disposable = <T extends { close(): Promise<void> }>(value: T) => ({
  value,
  [Symbol.asyncDispose]: () => value.close(),
});
