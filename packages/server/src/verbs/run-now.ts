import type { AuditRecord, Origin } from '../audit/index.ts';
import { backupRequest, type Run } from '../backup/index.ts';
import type { Consequences } from '../consequences.ts';
import { type MirrorRun, mirrorRequest } from '../offsite/index.ts';
import {
  describeFailure,
  type Job,
  type JobProgress,
  type JobRequest,
  ServerError,
} from '../platform/index.ts';
import { type Drill, drillRequest, type Restore, restoreRequest } from '../recovery/index.ts';
import type { Rooms } from '../rooms.ts';

export interface RunOptions {
  /** Of a person who asks for it at the command line: then the audit log has it. Absent: nobody's act. */
  readonly origin?: Origin;
  /** Why it runs, kept with it: `manual`, `incident`, … */
  readonly reason?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

export interface DrillOptions extends RunOptions {
  readonly snapshot?: string;
  readonly from?: string;
}

export interface MirrorOptions extends RunOptions {
  readonly acceptLoss?: boolean;
  readonly anew?: boolean;
}

export interface RestoreOptions extends RunOptions {
  readonly snapshot?: string;
}

const manual = 'manual';

/** Puts one job in the queue at once and waits for its end and for what follows from it. */
export class RunNow {
  readonly #rooms: Rooms;
  readonly #consequences: Consequences;

  constructor(rooms: Rooms, consequences: Consequences) {
    this.#rooms = rooms;
    this.#consequences = consequences;
  }

  /**
   * Takes a backup and waits for its end; a run that is under way already is joined. Works with and without
   * `Platform.start`. A run that failed is returned as such; aborting the signal cancels it.
   */
  async backup(source: string, options: RunOptions = {}): Promise<Run> {
    const { id: sourceId } = await this.#rooms.catalog.source(source);
    const { reason = manual } = options;
    const job = await this.#finish(backupRequest({ sourceId, reason }, 1), options, {
      subject: `source:${sourceId}`,
    });
    const [run] = await this.#rooms.runs.list({ jobId: job.id, limit: 1 });
    return run ?? neverBegan(job);
  }

  /** Restores into a scratch place, verifies and measures; like `backup` otherwise. */
  async drill(source: string, options: DrillOptions = {}): Promise<Drill> {
    const { id: sourceId } = await this.#rooms.catalog.source(source);
    const { snapshot, from, reason = manual } = options;
    if (from !== undefined) this.#rooms.offSite.named(from);
    const payload = {
      sourceId,
      reason,
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(from === undefined ? {} : { from }),
    };
    const job = await this.#finish(drillRequest(payload, 1), options, {
      subject: `source:${sourceId}`,
      after: { snapshot: snapshot ?? null, from: from ?? null },
    });
    const [drill] = await this.#rooms.recoveries.drills({ jobId: job.id, limit: 1 });
    return drill ?? neverBegan(job);
  }

  /** Brings an off-site repository up to date; like `backup` otherwise. */
  async mirror(name: string, options: MirrorOptions = {}): Promise<MirrorRun> {
    const { offSite } = this.#rooms;
    const { name: repository } = offSite.named(name);
    const { acceptLoss, anew, reason = manual } = options;
    const payload = {
      repository,
      reason,
      ...(acceptLoss === undefined ? {} : { acceptLoss }),
      ...(anew === undefined ? {} : { anew }),
    };
    await offSite.makeWay(repository, { alone: acceptLoss === true || anew === true });
    const job = await this.#finish(mirrorRequest(payload, 1), options, {
      subject: `repository:${repository}`,
      after: { acceptLoss: acceptLoss === true, anew: anew === true },
    });
    const [mirror] = await offSite.book.runs({ jobId: job.id, limit: 1 });
    return mirror ?? neverBegan(job);
  }

  /**
   * Puts a snapshot back in place of the live source, verifies and measures. Destructive: who calls has
   * asked. Default: the newest backup that was taken while the source was whole.
   */
  async restore(source: string, options: RestoreOptions = {}): Promise<Restore> {
    const { id: sourceId } = await this.#rooms.catalog.source(source);
    const { snapshot, reason = manual } = options;
    const payload = { sourceId, reason, ...(snapshot === undefined ? {} : { snapshot }) };
    const job = await this.#finish(restoreRequest(payload), options, {
      subject: `source:${sourceId}`,
      after: { snapshot: snapshot ?? null },
    });
    const [restore] = await this.#rooms.recoveries.restores({ jobId: job.id, limit: 1 });
    return restore ?? neverBegan(job);
  }

  async #finish(
    request: JobRequest<unknown>,
    { origin, signal, onProgress }: RunOptions,
    about: Pick<AuditRecord, 'subject' | 'after'>,
  ): Promise<Job> {
    const { database, jobs, audit, log } = this.#rooms;
    signal?.throwIfAborted();
    const job = await database.change(async (transaction) => {
      const { job, added } = await jobs.enqueue(request, transaction);
      if (added && origin !== undefined) {
        const after = { job: job.id, ...about.after };
        await audit.append(transaction, { action: `${request.kind}.asked`, origin, ...about, after });
      }
      return job;
    });
    const cancel = (): void => {
      void jobs
        .cancel(job.id)
        .catch((error: unknown) =>
          log.error({ job: job.id, error: describeFailure(error) }, 'a job could not be cancelled'),
        );
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const ended = await jobs.finish(job.id, onProgress);
      // What follows from it, such as an update of an incident, has been said when this returns.
      await this.#consequences.settled();
      return ended;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

function neverBegan(job: Job): never {
  const { failure } = job;
  throw new ServerError(
    job.state === 'cancelled' ? 'server.job-cancelled' : 'server.job-failed',
    failure?.message ?? `the job ended as ${job.state} before it began`,
    failure?.advice === undefined ? {} : { advice: failure.advice },
  );
}
