import { randomUUID } from 'node:crypto';
import type { Run, Runs } from '../backup/index.ts';
import type { Catalog, ProtectedSource } from '../catalog/index.ts';
import {
  type Clock,
  type Database,
  type Instant,
  instant,
  type Job,
  type JobQueue,
  NotFoundError,
  ServerError,
  type Writer,
} from '../platform/index.ts';
import type { Estimate } from './estimate.ts';
import { estimateFromDrill } from './estimate.ts';
import type { Recoveries } from './recoveries.ts';
import { type RestorePayload, restoreRequest } from './restore-job.ts';

/** Who reads a plan decides; later it is not what that person has seen. */
const planLifeMs = 3_600_000;

/** What a restore is going to do: shown first, and then carried out as it is. */
export interface RestorePlan {
  readonly id: string;
  readonly expiresAt: Instant;
  readonly source: ProtectedSource;
  readonly snapshotId: string;
  readonly recoveryPointAt: Instant;
  /** The source was known to lack something when the snapshot was taken. */
  readonly suspect: boolean;
  readonly bytes: number | undefined;
  readonly files: number | undefined;
  readonly estimate: Estimate | undefined;
  /** What was done since is lost. */
  readonly lossSeconds: number;
  /** Good backups of the source that are newer than this one. */
  readonly newerBackups: number;
}

/** One that can be started. */
export interface FoundPlan {
  readonly id: string;
  readonly source: ProtectedSource;
  readonly snapshotId: string;
  /** Of the restore, once it was started. */
  readonly job?: Job;
}

/** The two steps of a restore that a person starts from afar: a plan, and carrying out that same plan. */
export class RestorePlans {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #catalog: Catalog;
  readonly #runs: Runs;
  readonly #recoveries: Recoveries;
  readonly #jobs: JobQueue;

  constructor(options: {
    database: Database;
    clock: Clock;
    catalog: Catalog;
    runs: Runs;
    recoveries: Recoveries;
    jobs: JobQueue;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#catalog = options.catalog;
    this.#runs = options.runs;
    this.#recoveries = options.recoveries;
    this.#jobs = options.jobs;
  }

  /**
   * `snapshotId`: one of this source; default: the newest backup that was taken while the source was whole.
   * @throws NotFoundError when there is none
   */
  async look(source: ProtectedSource, snapshotId: string | undefined): Promise<RestorePlan> {
    const run = await this.#chosen(source, snapshotId);
    const now = this.#clock.now();
    const [drill, newerBackups] = await Promise.all([
      this.#recoveries.lastDrill(source.id, 'passed'),
      this.#runs.countNewer(source.id, run.recoveryPointAt),
    ]);
    const { bytesRead: bytes, files, suspect, recoveryPointAt } = run;
    return {
      id: randomUUID(),
      expiresAt: instant(new Date(now.getTime() + planLifeMs)),
      ...{ source, snapshotId: run.snapshotId, recoveryPointAt, suspect, bytes, files, newerBackups },
      estimate:
        drill?.recoverySeconds === undefined
          ? undefined
          : estimateFromDrill({ recoverySeconds: drill.recoverySeconds, bytes: drill.bytes }, bytes),
      lossSeconds: Math.max(0, (now.getTime() - Date.parse(recoveryPointAt)) / 1_000),
    };
  }

  /** So that its maker can start it. Plans that are over go. */
  async keep(transaction: Writer, plan: RestorePlan, userId: string): Promise<void> {
    const now = this.#clock.now();
    await transaction.deleteFrom('restore_plans').where('made_at', '<=', this.#since(now)).execute();
    await transaction
      .insertInto('restore_plans')
      .values({
        id: plan.id,
        user_id: userId,
        source_id: plan.source.id,
        snapshot_id: plan.snapshotId,
        replaces: await replaced(transaction, plan.source.id),
        made_at: instant(now),
        job_id: null,
      })
      .execute();
  }

  /**
   * A plan of that user, with the job if it was started.
   * @throws NotFoundError when there is none (any more)
   */
  async find(id: string, userId: string): Promise<FoundPlan> {
    const plan = await this.#database.read
      .selectFrom('restore_plans')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('made_at', '>', this.#since(this.#clock.now()))
      .executeTakeFirst();
    if (plan === undefined) throw new NotFoundError('such plan of yours', { advice: again });
    const job = plan.job_id === null ? undefined : await this.#jobs.get(plan.job_id);
    const source = await this.#catalog.source(plan.source_id);
    return { id, source, snapshotId: plan.snapshot_id, ...(job === undefined ? {} : { job }) };
  }

  /**
   * Puts the restore of a plan in the queue.
   * @throws ServerError `server.plan-outdated` when the source is not what it was, `server.under-way` when it is being
   * restored already
   */
  async start(transaction: Writer, { id, source, snapshotId }: FoundPlan): Promise<Job> {
    const plan = await transaction
      .selectFrom('restore_plans')
      .select('replaces')
      .where('id', '=', id)
      .executeTakeFirst();
    if (plan?.replaces !== (await replaced(transaction, source.id))) {
      throw new ServerError('server.plan-outdated', `the source ${source.name} was changed since the plan`, {
        advice: again,
      });
    }
    const request = restoreRequest({ sourceId: source.id, reason: 'manual', snapshot: snapshotId });
    const { job, added } = await this.#jobs.enqueue<RestorePayload>(request, transaction);
    if (!added) {
      throw new ServerError('server.under-way', `a restore of ${source.name} is under way already`, {
        advice: `Follow it, or stop it: it is job ${job.id}.`,
      });
    }
    await transaction.updateTable('restore_plans').set({ job_id: job.id }).where('id', '=', id).execute();
    return job;
  }

  async #chosen(
    source: ProtectedSource,
    snapshotId: string | undefined,
  ): Promise<Run & { snapshotId: string; recoveryPointAt: Instant }> {
    const run =
      snapshotId === undefined
        ? await this.#runs.lastGood(source.id)
        : await this.#runs.bySnapshot(snapshotId);
    if (run?.snapshotId === undefined || run.recoveryPointAt === undefined || run.sourceId !== source.id) {
      throw snapshotId === undefined
        ? new NotFoundError(`backup of ${source.name} yet`, { advice: 'Take one first.' })
        : new NotFoundError(`snapshot "${snapshotId}" of ${source.name}`);
    }
    return { ...run, snapshotId: run.snapshotId, recoveryPointAt: run.recoveryPointAt };
  }

  #since(now: Date): Instant {
    return instant(new Date(now.getTime() - planLifeMs));
  }
}

const again = 'Make a plan anew, look at it, and start that one.';

/** What a restore writes to; when it is another the plan is not what was seen. */
async function replaced(transaction: Writer, sourceId: string): Promise<string> {
  const row = await transaction
    .selectFrom('sources')
    .select(['kind', 'location', 'options'])
    .where('id', '=', sourceId)
    .executeTakeFirst();
  return JSON.stringify([row?.kind, row?.location, row?.options]);
}
