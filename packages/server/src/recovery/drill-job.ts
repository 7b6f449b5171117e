import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@octobox/repository';
import { removeTree } from '@octobox/sources';
import {
  type Afterwards,
  describeFailure,
  type JobContext,
  type JobDefinition,
  JobInterruptedError,
  type JobRequest,
  type Writer,
} from '../platform/index.ts';
import type { Drill } from './recovery.ts';
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

export interface DrillPayload {
  readonly sourceId: string;
  readonly reason: string;
  readonly snapshot?: string;
  /** The name of the off-site repository to restore from; absent: the platform's own. */
  readonly from?: string;
}

/** A scheduled drill that broke for a passing reason is tried once more; one whose checks failed is not. */
const scheduledAttempts = 2;

export const drillRequest = (
  payload: DrillPayload,
  maxAttempts = scheduledAttempts,
): JobRequest<DrillPayload> => ({
  kind: 'drill',
  payload,
  uniqueKey: `drill:${payload.sourceId}`,
  maxAttempts,
});

/** Restores a snapshot into a scratch place, verifies the copy against its inventory, and measures both. */
export class DrillJob implements JobDefinition<DrillPayload> {
  readonly kind = 'drill';
  readonly concurrency = 1;
  readonly maxAttempts = scheduledAttempts;
  readonly #parts: RecoveryParts;
  readonly #scratchFolder: string;
  readonly #openCopy: (name: string, signal?: AbortSignal) => Promise<Repository>;
  readonly #newestCopy: (name: string, sourceId: string) => Promise<string | undefined>;

  constructor(
    options: RecoveryParts & {
      scratchFolder: string;
      /** An off-site repository by its name. */
      openCopy: (name: string, signal?: AbortSignal) => Promise<Repository>;
      /** The newest good snapshot of a source that was seen there. */
      newestCopy: (name: string, sourceId: string) => Promise<string | undefined>;
    },
  ) {
    this.#parts = options;
    this.#openCopy = options.openCopy;
    this.#newestCopy = options.newestCopy;
    this.#scratchFolder = options.scratchFolder;
  }

  async run(payload: DrillPayload, job: JobContext): Promise<{ drillId: number }> {
    const { catalog, recoveries, events } = this.#parts;
    const source = await catalog.source(payload.sourceId);
    const done = await this.#ofAnEarlierAttempt(source.id, job);
    if (done !== undefined) {
      events.emit({ type: 'drill.finished', drill: done });
      return { drillId: done.id };
    }
    const service = await catalog.service(source.serviceId);
    const parts = this.#partsFor(payload.from);
    if (payload.from !== undefined) job.log(`restores from the off-site repository ${payload.from}`);
    const wanted = payload.snapshot ?? (await this.#copied(payload));
    const chosen = await chooseSnapshot(parts, source, wanted, job.signal);
    const drill = await recoveries.beginDrill({
      sourceId: source.id,
      jobId: job.job.id,
      reason: payload.reason,
      startedAt: nowOf(this.#parts),
      snapshotId: chosen.id,
      recoveryPointAt: chosen.recoveryPointAt,
      rpoSeconds: source.rpoSeconds,
      rtoSeconds: service.rtoSeconds,
    });
    events.emit({ type: 'drill.started', drill });
    const measured: { restoreMs?: number; verifyMs?: number } = {};
    try {
      const ended = await this.#rehearse(parts, drill, chosen, measured, job);
      events.emit({ type: 'drill.finished', drill: ended });
      return { drillId: drill.id };
    } catch (thrown) {
      const error: unknown = job.signal.aborted ? job.signal.reason : thrown;
      const failed = await recoveries.endDrill(drill.id, {
        ...measured,
        state: endState(error),
        finishedAt: nowOf(this.#parts),
        failure: describeFailure(error),
      });
      events.emit({ type: 'drill.finished', drill: failed });
      throw error;
    }
  }

  /** Without a snapshot that is named: off site, what has arrived there. */
  async #copied({ from, sourceId }: DrillPayload): Promise<string | undefined> {
    return from === undefined ? undefined : await this.#newestCopy(from, sourceId);
  }

  /** Its worker may have vanished between the end of the drill and that of the job. */
  async #ofAnEarlierAttempt(sourceId: string, { job }: JobContext): Promise<Drill | undefined> {
    if (job.attempts < 2) return undefined;
    const drills = await this.#parts.recoveries.drills({ sourceId, jobId: job.id, limit: job.attempts });
    return drills.find(({ state, checks }) => state === 'passed' || checks.length > 0);
  }

  #partsFor(from: string | undefined): RecoveryParts {
    if (from === undefined) return this.#parts;
    return { ...this.#parts, keeper: { open: (signal) => this.#openCopy(from, signal) } };
  }

  async #rehearse(
    parts: RecoveryParts,
    drill: Drill,
    chosen: ChosenSnapshot,
    measured: { restoreMs?: number; verifyMs?: number },
    job: JobContext,
  ): Promise<Drill> {
    const source = await this.#parts.catalog.source(drill.sourceId);
    const context = sourceContext(job, (progress) =>
      this.#parts.events.emit({ type: 'drill.progress', drill, progress }),
    );
    await mkdir(this.#scratchFolder, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(this.#scratchFolder, this.#prefix(job.job.id)));
    try {
      const restoring = stopwatch();
      const connected = await this.#parts.connect(source);
      await using snapshot = await openSnapshot(parts, chosen.storedId, job.signal);
      await using copy = await connected.scratch(snapshot, folder, context);
      measured.restoreMs = restoring();
      job.log(`restored ${snapshot.description} as ${copy.description}`);
      const verifying = stopwatch();
      const report = await copy.verify(context);
      measured.verifyMs = verifying();
      logChecks(job, report.checks);
      return await this.#parts.recoveries.endDrill(drill.id, {
        ...measured,
        ...(chosen.bytes === undefined ? {} : { bytes: chosen.bytes }),
        ...(chosen.files === undefined ? {} : { files: chosen.files }),
        state: passes(report) ? 'passed' : 'failed',
        finishedAt: nowOf(this.#parts),
        checks: report.checks,
        ...(passes(report)
          ? {}
          : {
              failure: {
                code: 'server.drill-failed',
                message: `the restored copy differs from the backup's inventory: ${wrongChecks(report.checks)}`,
                advice: 'Look at the differences in the log of the drill, and rehearse an older snapshot.',
              },
            }),
      });
    } finally {
      await removeTree(folder);
    }
  }

  async interrupted(
    _payload: DrillPayload,
    job: { id: number },
    transaction: Writer,
  ): Promise<Afterwards | undefined> {
    const failure = describeFailure(new JobInterruptedError('the process that ran the drill vanished'));
    await this.#parts.recoveries.interruptJob(transaction, job.id, nowOf(this.#parts), failure);
    // What the vanished process restored for the drill is nobody's any more; what comes later is another attempt's.
    const names = await readdir(this.#scratchFolder).catch(() => []);
    const left = names.filter((each) => each.startsWith(this.#prefix(job.id)));
    return async () => {
      for (const name of left) await removeTree(join(this.#scratchFolder, name));
    };
  }

  /** Folders of one job of this installation; the scratch folder may be shared. */
  #prefix(jobId: number): string {
    const installation = createHash('sha256').update(this.#scratchFolder).digest('hex').slice(0, 6);
    return `drill-${installation}-${jobId}-`;
  }
}

const wrongChecks = (checks: readonly { name: string; outcome: string }[]): string =>
  checks.length === 0
    ? 'nothing was checked'
    : checks
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ name }) => name)
        .join(', ');
