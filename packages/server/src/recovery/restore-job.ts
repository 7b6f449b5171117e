import {
  type Afterwards,
  describeFailure,
  type JobContext,
  type JobDefinition,
  JobInterruptedError,
  type JobRequest,
  type Writer,
} from '../platform/index.ts';
import type { Estimates } from './estimates.ts';
import type { Restore } from './recovery.ts';
import {
  type ChosenSnapshot,
  chooseSnapshot,
  endState,
  logChecks,
  nowOf,
  openSnapshot,
  passes,
  type RecoveryParts,
  sourceContext,
  stopwatch,
} from './recovery-job.ts';

export interface RestorePayload {
  readonly sourceId: string;
  readonly reason: string;
  /** Id, or a beginning of one; default: the newest good backup. */
  readonly snapshot?: string;
}

/** Never repeated by itself: it changes the live source, which a person may have mended meanwhile. */
export const restoreRequest = (payload: RestorePayload): JobRequest<RestorePayload> => ({
  kind: 'restore',
  payload,
  uniqueKey: `restore:${payload.sourceId}`,
  // The lane of its backups: nobody backs up what is half restored.
  lane: `source:${payload.sourceId}`,
  // Before a backup that waits: somebody's service is down.
  priority: 10,
  maxAttempts: 1,
});

/** Puts a snapshot back in place of the live source, verifies it there, and measures both. */
export class RestoreJob implements JobDefinition<RestorePayload> {
  readonly kind = 'restore';
  readonly concurrency = 2;
  readonly maxAttempts = 1;
  readonly repeatable = false;
  readonly #parts: RecoveryParts;
  readonly #estimates: Estimates;
  readonly #incidentOf: (sourceId: string) => Promise<number | undefined>;

  constructor(
    options: RecoveryParts & {
      estimates: Estimates;
      incidentOf: (sourceId: string) => Promise<number | undefined>;
    },
  ) {
    this.#parts = options;
    this.#estimates = options.estimates;
    this.#incidentOf = options.incidentOf;
  }

  async run(payload: RestorePayload, job: JobContext): Promise<{ restoreId: number }> {
    const { catalog, recoveries, events } = this.#parts;
    const source = await catalog.source(payload.sourceId);
    const chosen = await chooseSnapshot(this.#parts, source, payload.snapshot, job.signal);
    const estimate = await this.#estimates.forSources([source.id]);
    const incidentId = await this.#incidentOf(source.id);
    const restore = await recoveries.beginRestore({
      sourceId: source.id,
      jobId: job.job.id,
      reason: payload.reason,
      startedAt: nowOf(this.#parts),
      snapshotId: chosen.id,
      recoveryPointAt: chosen.recoveryPointAt,
      ...(estimate === undefined ? {} : { estimateMs: estimate.seconds * 1_000 }),
      ...(incidentId === undefined ? {} : { incidentId }),
    });
    events.emit({ type: 'restore.started', restore });
    const measured: { restoreMs?: number; verifyMs?: number } = {};
    try {
      const ended = await this.#putBack(restore, chosen, measured, job);
      events.emit({ type: 'restore.finished', restore: ended });
      return { restoreId: restore.id };
    } catch (thrown) {
      const error: unknown = job.signal.aborted ? job.signal.reason : thrown;
      const failed = await recoveries.endRestore(restore.id, {
        ...measured,
        state: endState(error),
        finishedAt: nowOf(this.#parts),
        failure: describeFailure(error),
      });
      events.emit({ type: 'restore.finished', restore: failed });
      throw error;
    }
  }

  async interrupted(
    _payload: RestorePayload,
    job: { id: number },
    transaction: Writer,
  ): Promise<Afterwards | undefined> {
    const { repeatable } = this;
    const failure = describeFailure(
      new JobInterruptedError('the process that restored vanished', { repeatable }),
    );
    await this.#parts.recoveries.interruptJob(transaction, job.id, nowOf(this.#parts), failure);
    return async () => {
      const [restore] = await this.#parts.recoveries.restores({ jobId: job.id, limit: 1 });
      // The incident of this restore must not go on promising it.
      if (restore !== undefined) this.#parts.events.emit({ type: 'restore.finished', restore });
    };
  }

  async #putBack(
    restore: Restore,
    { storedId, bytes }: ChosenSnapshot,
    measured: { restoreMs?: number; verifyMs?: number },
    job: JobContext,
  ): Promise<Restore> {
    const source = await this.#parts.catalog.source(restore.sourceId);
    const context = sourceContext(job, (progress) =>
      this.#parts.events.emit({ type: 'restore.progress', restore, progress }),
    );
    const restoring = stopwatch();
    const connected = await this.#parts.connect(source);
    await using snapshot = await openSnapshot(this.#parts, storedId, job.signal);
    job.log(`restoring ${snapshot.description} in place of ${connected.label}`);
    const report = await connected.restore(snapshot, context);
    measured.restoreMs = restoring();
    for (const warning of report.warnings) job.log(warning);
    const verifying = stopwatch();
    const verification = await connected.verify(snapshot, context);
    measured.verifyMs = verifying();
    logChecks(job, verification.checks);
    const passed = passes(verification);
    return await this.#parts.recoveries.endRestore(restore.id, {
      ...measured,
      state: passed ? 'passed' : 'failed',
      finishedAt: nowOf(this.#parts),
      bytes: report.bytes > 0 ? report.bytes : (bytes ?? 0),
      files: report.files,
      checks: verification.checks,
      warnings: report.warnings.slice(0, 100),
      ...(passed
        ? {}
        : {
            failure: {
              code: 'server.restore-failed',
              message: 'the restored source differs from the inventory of its backup',
              advice:
                'Look at the differences in the log of the restore before anybody works with the source.',
            },
          }),
    });
  }
}
