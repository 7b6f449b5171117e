import { join } from 'node:path';
import type { MirrorProgress, MirrorResult, Repository } from '@octobox/repository';
import { describeFile, type Storage } from '@octobox/storage';
import { abandonedLockMs, type RepositoryKeeper, type Runs, tellWhomFor } from '../backup/index.ts';
import type { Catalog } from '../catalog/index.ts';
import {
  type Afterwards,
  type Clock,
  describeFailure,
  type Emitter,
  type Instant,
  instant,
  JobCancelledError,
  type JobContext,
  type JobDefinition,
  JobInterruptedError,
  type JobProgress,
  type JobRequest,
  NotFoundError,
  type OffSiteSettings,
  type Writer,
} from '../platform/index.ts';
import { OtherLossError } from './errors.ts';
import type { OffSiteFact } from './facts.ts';
import type { MirrorBook } from './mirror-book.ts';
import type { MirrorLoss, MirrorRun, OffSiteCopy } from './mirror-run.ts';
import { OffSitePlace } from './off-site-place.ts';

export interface MirrorPayload {
  /** The name of the off-site repository in the configuration. */
  readonly repository: string;
  readonly reason: string;
  /** What went missing at the primary was meant to go; the id of a `MirrorLoss`: if it is that. */
  readonly acceptLoss?: boolean | string;
  /** Begin again although the mirror that was there is gone. */
  readonly anew?: boolean;
}

/** The connection may be away for hours; the next backup asks again in any case. */
const attempts = 6;
const lockPatienceMs = 15 * 60_000;
/** Of each source so many runs are looked at to find one that is there. */
const runsLookedAt = 200;
/** Of a loss so many are written down; nobody reads more. */
const mostSnapshots = 1_000;
/** States of runs that looked at everything there. */
export const completed = ['succeeded', 'incomplete'] as const;

export const mirrorRequest = (payload: MirrorPayload, maxAttempts = attempts): JobRequest<MirrorPayload> => ({
  kind: 'mirror',
  payload,
  uniqueKey: `mirror:${payload.repository}`,
  lane: `mirror:${payload.repository}`,
  maxAttempts,
});

export interface MirrorJobParts {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly runs: Runs;
  readonly keeper: RepositoryKeeper;
  readonly book: MirrorBook;
  readonly events: Emitter<OffSiteFact>;
  readonly settings: readonly OffSiteSettings[];
  /** Where it is remembered what is missing at the primary since when. */
  readonly recordFolder: string;
}

/** Brings an off-site repository up to date with the platform's own, and writes down what is there then. */
export class MirrorJob implements JobDefinition<MirrorPayload> {
  readonly kind = 'mirror';
  readonly concurrency = 2;
  readonly maxAttempts = attempts;
  readonly #parts: MirrorJobParts;

  constructor(parts: MirrorJobParts) {
    this.#parts = parts;
  }

  async run(payload: MirrorPayload, job: JobContext): Promise<{ mirrorId: number }> {
    const { book, events, settings } = this.#parts;
    const own = settings.find(({ name }) => name === payload.repository);
    if (own === undefined) throw new NotFoundError(`off-site repository called ${payload.repository}`);
    await book.know(own.name, this.#now());
    const mirror = await book.begin({
      repository: own.name,
      jobId: job.job.id,
      reason: payload.reason,
      startedAt: this.#now(),
    });
    events.emit({ type: 'mirror.started', mirror });
    let held: MirrorLoss | undefined;
    try {
      const result = await this.#mirror(own, mirror, payload, job);
      held = await this.#lossOf(own.name, result);
      const ended = await book.end(
        mirror.id,
        {
          state: result.problemCount === 0 ? 'succeeded' : 'incomplete',
          finishedAt: this.#now(),
          objectsCopied: result.objectsCopied,
          bytesCopied: result.bytesCopied,
          problems: result.problemCount,
          removed: result.removal.removed,
          held: result.removal.held,
          ...(held === undefined ? {} : { loss: held }),
        },
        await this.#copies(own.name, result.snapshots),
      );
      events.emit({ type: 'mirror.finished', mirror: ended });
    } catch (thrown) {
      const error: unknown = job.signal.aborted ? job.signal.reason : thrown;
      const failed = await book.end(mirror.id, {
        state: stateOf(error),
        finishedAt: this.#now(),
        failure: describeFailure(error),
      });
      events.emit({ type: 'mirror.finished', mirror: failed });
      throw error;
    }
    if (typeof payload.acceptLoss === 'string' && held !== undefined) throw new OtherLossError();
    return { mirrorId: mirror.id };
  }

  retryable(error: unknown): boolean {
    return !(error instanceof OtherLossError);
  }

  async interrupted(
    _payload: MirrorPayload,
    job: { id: number },
    transaction: Writer,
  ): Promise<Afterwards | undefined> {
    const failure = describeFailure(new JobInterruptedError('the process that sent the copy vanished'));
    const runs = await this.#parts.book.interruptJob(transaction, job.id, this.#now(), failure);
    return async () => {
      for (const mirror of runs) this.#parts.events.emit({ type: 'mirror.finished', mirror });
    };
  }

  async #mirror(
    own: OffSiteSettings,
    mirror: MirrorRun,
    payload: MirrorPayload,
    job: JobContext,
  ): Promise<MirrorResult> {
    const { keeper, events, recordFolder } = this.#parts;
    const { mirrorRepository, readMirrorRecord, writeMirrorRecord } = await import(
      '@octobox/repository/mirror'
    );
    const place = new OffSitePlace(own);
    await place.prepare(job.signal);
    const source: Repository = await keeper.open(job.signal);
    let target: Storage | undefined;
    try {
      target = await place.open(job.signal);
      const path = join(recordFolder, `${own.name}.record`);
      const result = await mirrorRepository(source, target, {
        record: await readMirrorRecord(path, source.id),
        keepDeleted: own.keepDeletedSeconds,
        retain: own.retainSeconds,
        verify: own.verify,
        acceptLoss: payload.acceptLoss,
        anew: payload.anew,
        retryLock: lockPatienceMs,
        onLockWait: tellWhomFor({ onLog: (line) => job.log(line), onProgress: (step) => job.progress(step) }),
        // One that a killed process left behind would keep what was forgotten there for ever.
        abandonedAfter: abandonedLockMs,
        signal: job.signal,
        now: () => this.#parts.clock.now(),
        onProgress: (state) => {
          const progress = progressOf(state);
          job.progress(progress);
          events.emit({ type: 'mirror.progress', mirror, progress });
        },
        onProblem: ({ file, problem }) => job.log(`${describeFile(file)}: ${problem}`),
      });
      await writeMirrorRecord(path, result.record);
      job.log(`sent ${result.objectsCopied} objects, ${result.bytesCopied} bytes`);
      const { removed, held, reason } = result.removal;
      if (removed > 0) job.log(`removed ${removed} objects that were forgotten long enough ago`);
      if (held > 0) job.log(`${held} objects stay there until their loss is accepted`);
      if (reason !== undefined) job.log(`not everything was removed whose time has come: ${reason}`);
      return result;
    } finally {
      await target?.close();
      await source.close();
    }
  }

  /** Why it is held is known by the run that saw it go missing alone. */
  async #lossOf(repository: string, { loss }: MirrorResult): Promise<MirrorLoss | undefined> {
    if (loss === undefined) return undefined;
    const { id, objects, bytes, snapshots } = loss;
    const [before] = await this.#parts.book.runs({ repository, states: completed, limit: 1 });
    return {
      ...{ id, objects, bytes, snapshotCount: snapshots.length },
      reason: loss.suspicion ?? before?.loss?.reason ?? 'they went missing under suspicious circumstances',
      snapshots: snapshots.slice(0, mostSnapshots),
    };
  }

  /** Of each source the newest good backup that is there. */
  async #copies(repository: string, snapshots: ReadonlySet<string>): Promise<OffSiteCopy[]> {
    const copies: OffSiteCopy[] = [];
    for (const { id: sourceId } of await this.#parts.catalog.sources()) {
      const runs = await this.#parts.runs.list({ sourceId, limit: runsLookedAt });
      const [newest] = runs
        .filter(
          ({ state, suspect, snapshotId = '' }) =>
            state === 'succeeded' && !suspect && snapshots.has(snapshotId),
        )
        .sort((a, b) => ((a.recoveryPointAt ?? '') < (b.recoveryPointAt ?? '') ? 1 : -1));
      if (newest?.snapshotId === undefined || newest.recoveryPointAt === undefined) continue;
      copies.push({
        repository,
        sourceId,
        runId: newest.id,
        snapshotId: newest.snapshotId,
        recoveryPointAt: newest.recoveryPointAt,
        confirmedAt: this.#now(),
      });
    }
    return copies;
  }

  #now(): Instant {
    return instant(this.#parts.clock.now());
  }
}

const steps = {
  key: 'sending keys',
  data: 'sending packs',
  index: 'sending the index',
  snapshot: 'sending snapshots',
  remove: 'removing what was forgotten',
} as const;

const progressOf = ({ phase, bytesDone, bytesTotal }: MirrorProgress): JobProgress => ({
  step: steps[phase],
  done: bytesDone,
  total: bytesTotal,
  unit: 'bytes',
});

function stateOf(error: unknown): 'cancelled' | 'interrupted' | 'failed' {
  if (error instanceof JobCancelledError) return 'cancelled';
  return error instanceof JobInterruptedError ? 'interrupted' : 'failed';
}
