import type { CommandResponse, Db, Job, JobAttempt, JobOptions, PgBoss, QueueOptions } from 'pg-boss';
import { type Clock, instant } from '../../clock.ts';
import { shortestSharedLeaseSeconds } from '../../config/config.ts';
import type { Database, Writer } from '../../database/index.ts';
import type { Log } from '../../log.ts';
import type { Claim, JobClaims, StoredJob } from '../job-claims.ts';
import { busyLanes, waitingJobs } from '../waiting-jobs.ts';
import { bossJobId, numberOfBossJob } from './boss-job-id.ts';
import { BossStatements } from './boss-statements.ts';
import { forgottenJobs, recordsApart } from './differences.ts';
import { openBoss } from './open-boss.ts';

/** pg-boss ends what runs longer, heartbeat or not; an attempt that lasts longer is claimed anew before. */
const longestAttemptSeconds = 86_400;
const claimAnewMs = 20 * 3_600_000;
/** A priority above every one of ours, which no other job has: by it one is picked among all. */
const pickedPriority = (id: number): number => 1_000_000_000 + (id % 1_000_000_000);

/**
 * How often a job is tried and when is decided by its record; pg-boss keeps what has not ended. Of a job whose worker vanished the
 * record is taken back first: for so long it is given to nobody.
 */
const untilItEnds: QueueOptions = {
  retryLimit: 1_000_000,
  retryDelay: 60,
  retentionSeconds: 3_650 * 86_400,
  expireInSeconds: longestAttemptSeconds,
};

/**
 * Claims by pg-boss, on PostgreSQL: one of its queues for each kind of job, in it one of its jobs for each of ours that has not
 * ended. It orders those that wait, gives each to one process, and misses the heartbeats of those that run.
 * Its groups are our lanes; since a lane goes through several kinds, the busy ones are told to it.
 */
export class BossClaims implements JobClaims {
  readonly #leaseMs: number;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #statements: BossStatements;
  #opened: Promise<PgBoss> | undefined;
  readonly #queues = new Set<string>();
  #supervisedAt = Number.NEGATIVE_INFINITY;

  constructor(options: { database: Database; clock: Clock; log: Log; leaseMs: number }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#statements = new BossStatements(options);
    this.#leaseMs = Math.max(shortestSharedLeaseSeconds, Math.ceil(options.leaseMs / 1_000)) * 1_000;
  }

  async open(kinds: readonly string[]): Promise<void> {
    await this.#ready(kinds);
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#queues.clear();
    await (await opened?.catch(() => undefined))?.stop({ graceful: false });
  }

  async #ready(kinds: readonly string[]): Promise<PgBoss> {
    this.#opened ??= openBoss({
      database: this.#database,
      log: this.#log,
      statements: this.#statements,
      monitorIntervalSeconds: this.#superviseSeconds,
    }).catch((error: unknown) => {
      // The next use tries again.
      this.#opened = undefined;
      throw error;
    });
    const boss = await this.#opened;
    const missing = kinds.filter((kind) => !this.#queues.has(kind));
    if (missing.length === 0) return boss;
    const known = new Set((await boss.getQueues([...missing])).map(({ name }) => name));
    for (const kind of missing) {
      // One that is made by two nodes at once is made once.
      if (!known.has(kind)) await boss.createQueue(kind, untilItEnds);
      this.#queues.add(kind);
    }
    return boss;
  }

  get #superviseSeconds(): number {
    return Math.max(1, Math.floor(this.#leaseMs / 3_000));
  }

  async add(transaction: Writer, job: StoredJob): Promise<void> {
    const boss = await this.#ready([job.kind]);
    const options: JobOptions & QueueOptions = {
      ...untilItEnds,
      id: bossJobId(job.id),
      priority: job.priority,
      startAfter: job.run_at,
      heartbeatSeconds: this.#leaseMs / 1_000,
    };
    if (job.lane !== null) options.group = { id: job.lane };
    await boss.send(job.kind, { job: job.id }, { ...options, db: this.#statements.within(transaction) });
  }

  async remove(transaction: Writer, { kind, id }: StoredJob): Promise<void> {
    const boss = await this.#ready([kind]);
    await boss.deleteJob(kind, bossJobId(id), { db: this.#statements.within(transaction) });
  }

  async take(
    transaction: Writer,
    kinds: readonly string[],
    id: number | undefined,
  ): Promise<Claim | undefined> {
    const boss = await this.#ready(kinds);
    const db = this.#statements.within(transaction);
    const lanes = await busyLanes(transaction).execute();
    const ignoreGroups = lanes.flatMap(({ lane }) => (lane === null ? [] : [lane]));
    for (const kind of await this.#kindsDue(transaction, kinds, id)) {
      if (id === undefined) {
        const [job] = await boss.fetch(kind, { ignoreGroups, db });
        if (job !== undefined) return this.#claimed(kind, job);
      } else {
        const claim = await this.#pick(boss, { kind, id }, { ignoreGroups, db });
        if (claim !== undefined) return claim;
        await this.#unpick(boss, transaction, { kind, id }, { db });
      }
    }
    return undefined;
  }

  /** Claims that job alone, if it may run. */
  async #pick(
    boss: PgBoss,
    { kind, id }: Pick<Claim, 'kind' | 'id'>,
    options: { readonly db: Db; readonly ignoreGroups?: string[]; readonly startAfter?: number },
  ): Promise<Claim | undefined> {
    const { db, ignoreGroups = [], ...when } = options;
    const priority = pickedPriority(id);
    await boss.update(kind, undefined, { id: bossJobId(id), priority, ...when, db });
    const only = { minPriority: priority, maxPriority: priority };
    const [job] = await boss.fetch(kind, { ...only, ignoreGroups, db });
    return job === undefined ? undefined : this.#claimed(kind, job);
  }

  #claimed(kind: string, { id, retryCount, heartbeatSeconds }: Fetched): Claim {
    const claimedAt = this.#clock.now().getTime();
    // Of whoever added the job: `jobs.lease` may have been another then.
    const leaseMs = heartbeatSeconds === null ? this.#leaseMs : heartbeatSeconds * 1_000;
    return { id: numberOfBossJob(id), kind, token: retryCount, claimedAt, leaseMs };
  }

  /** Kinds of which the records know a job that may run, the one with the most urgent first: each costs pg-boss a statement. */
  async #kindsDue(transaction: Writer, kinds: readonly string[], id: number | undefined): Promise<string[]> {
    const now = instant(this.#clock.now());
    const due = await waitingJobs(transaction, { now, kinds, id })
      .select('kind')
      .groupBy('kind')
      .orderBy((e) => e.fn.max('priority'), 'desc')
      .orderBy((e) => e.fn.min('run_at'))
      .execute();
    return due.map(({ kind }) => kind);
  }

  async #unpick(
    boss: PgBoss,
    transaction: Writer,
    { kind, id }: Pick<Claim, 'kind' | 'id'>,
    options: { readonly db: Db; readonly startAfter?: number },
  ): Promise<void> {
    const { priority } = await transaction
      .selectFrom('jobs')
      .select('priority')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await boss.update(kind, undefined, { id: bossJobId(id), priority, ...options });
  }

  async keep(transaction: Writer, claim: Claim): Promise<Claim | undefined> {
    const boss = await this.#ready([claim.kind]);
    const db = this.#statements.within(transaction);
    if (this.#clock.now().getTime() - claim.claimedAt >= claimAnewMs)
      return await this.#anew(boss, claim, db);
    return didSettle(await boss.touch(claim.kind, attemptOf(claim), { db })) ? claim : undefined;
  }

  /** Gives the job back and takes it again in one change: nobody sees it between. */
  async #anew(boss: PgBoss, claim: Claim, db: Db): Promise<Claim | undefined> {
    if (!didSettle(await boss.fail(claim.kind, attemptOf(claim), null, { db }))) return undefined;
    return await this.#pick(boss, claim, { db, startAfter: 0 });
  }

  async end(transaction: Writer, claim: Claim): Promise<boolean> {
    const boss = await this.#ready([claim.kind]);
    const db = this.#statements.within(transaction);
    return didSettle(await boss.deleteJob(claim.kind, attemptOf(claim), { db }));
  }

  async giveBack(transaction: Writer, claim: Claim, againInMs: number): Promise<boolean> {
    const boss = await this.#ready([claim.kind]);
    const db = this.#statements.within(transaction);
    if (!didSettle(await boss.fail(claim.kind, attemptOf(claim), null, { db }))) return false;
    await this.#unpick(boss, transaction, claim, { db, startAfter: againInMs / 1_000 });
    return true;
  }

  async lost(kinds: readonly string[]): Promise<StoredJob[]> {
    const boss = await this.#ready(kinds);
    const now = this.#clock.now().getTime();
    if (now - this.#supervisedAt >= this.#superviseSeconds * 1_000) {
      this.#supervisedAt = now;
      await boss.supervise();
      await this.#dropForgotten(kinds);
      await this.#addMissing(kinds);
    }
    return await recordsApart(this.#database.read, kinds, 'running');
  }

  /** Jobs whose records are gone or ended, as after a restore of the schema of the records alone: each would be given out again and again. */
  async #dropForgotten(kinds: readonly string[]): Promise<void> {
    if ((await forgottenJobs(this.#database.read, kinds)).length === 0) return;
    await this.#database.change(async (transaction) => {
      const boss = await this.#ready(kinds);
      const db = this.#statements.within(transaction);
      for (const { kind, id } of await forgottenJobs(transaction, kinds))
        await boss.deleteJob(kind, id, { db });
    });
  }

  /** Jobs that wait by their records alone: those of a database that was not on pg-boss before, or lost its tables. */
  async #addMissing(kinds: readonly string[]): Promise<void> {
    if ((await recordsApart(this.#database.read, kinds, 'queued')).length === 0) return;
    await this.#database.change(async (transaction) => {
      for (const job of await recordsApart(transaction, kinds, 'queued')) await this.add(transaction, job);
    });
  }

  async takeBack(transaction: Writer, job: StoredJob, again: boolean): Promise<boolean> {
    const boss = await this.#ready([job.kind]);
    const db = this.#statements.within(transaction);
    const id = bossJobId(job.id);
    const [waiting] = await boss.findJobs(job.kind, { id, db });
    if (waiting?.state === 'active') return false;
    if (!again) await boss.deleteJob(job.kind, id, { db });
    else if (waiting === undefined) await this.add(transaction, job);
    else await boss.update(job.kind, undefined, { id, startAfter: 0, priority: job.priority, db });
    return true;
  }
}

type Fetched = Pick<Job, 'id' | 'retryCount' | 'heartbeatSeconds'>;

const attemptOf = ({ id, token }: Claim): JobAttempt => ({ id: bossJobId(id), retryCount: token });

/** Whether the command met the attempt: not when another one has the job. Its type does not tell what it counted. */
const didSettle = (response: CommandResponse): boolean =>
  (response as { readonly affected: number }).affected === 1;
