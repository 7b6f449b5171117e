import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@octobox/repository';
import {
  BackupJob,
  backupRequest,
  connectSources,
  lastRefusals,
  Probes,
  RepositoryKeeper,
  RetentionJob,
  type Run,
  Runs,
  retentionRequest,
} from './backup/index.ts';
import { Catalog, SecretStore } from './catalog/index.ts';
import { logFacts } from './fact-log.ts';
import type { PlatformFact } from './facts.ts';
import { FirstRuns } from './first-runs.ts';
import { migrations } from './migrations.ts';
import { Monitoring, type Outage, recoveryConfirmations } from './monitoring/index.ts';
import { type MirrorRun, mirrorRequest, OffSite } from './offsite/index.ts';
import {
  type Clock,
  type Config,
  createLog,
  type Database,
  describeFailure,
  Events,
  instant,
  type Job,
  type JobProgress,
  type JobQueue,
  type JobRequest,
  type Listening,
  type Log,
  listen,
  openDatabase,
  type Recurring,
  Scheduler,
  ServerError,
  SqliteJobQueue,
  systemClock,
} from './platform/index.ts';
import {
  type Drill,
  DrillJob,
  drillRequest,
  Estimates,
  Recoveries,
  type Restore,
  RestoreJob,
  restoreRequest,
} from './recovery/index.ts';
import { Incidents, OutageDesk, publicPages, StatusBoard, type StatusReport } from './status/index.ts';
import { PromiseRegister } from './trust/index.ts';

export interface OpenPlatformOptions {
  /** Default: JSON lines on standard error, of the configured level. */
  readonly log?: Log;
  /** Tests bring one that they can move. */
  readonly clock?: Clock;
}

/** Jobs that run when the platform stops get so long to end. */
const drainJobsMs = 10_000;
const drainHttpMs = 3_000;
const confirmTimeoutMs = 60_000;

/** Opens the database and brings it up to date; makes nothing else and starts nothing. */
export async function openPlatform(config: Config, options: OpenPlatformOptions = {}): Promise<Platform> {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  await chmod(config.dataFolder, 0o700);
  const database = await openDatabase(join(config.dataFolder, 'octobox.db'), migrations);
  return new Platform(config, database, {
    log: options.log ?? createLog({ level: config.log.level }),
    clock: options.clock ?? systemClock,
  });
}

export interface RunOptions {
  /** Why it runs, kept with it: `manual`, `incident`, … */
  readonly reason?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

/** The rooms of the platform, put together. */
export class Platform implements AsyncDisposable {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly incidents: Incidents;
  readonly runs: Runs;
  readonly recoveries: Recoveries;
  readonly estimates: Estimates;
  readonly monitoring: Monitoring;
  readonly offSite: OffSite;
  readonly promises: PromiseRegister;
  readonly schedules: Scheduler;
  readonly jobs: JobQueue;
  readonly events: Events<PlatformFact>;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #keeper: RepositoryKeeper;
  readonly #log: Log;
  /** Consequences are drawn one after the other, in the order of what they follow from. */
  #consequences: Promise<unknown> = Promise.resolve();
  readonly #board: StatusBoard;
  readonly #desk: OutageDesk;
  readonly #recurring: readonly Recurring[];
  readonly #firstRuns: FirstRuns;
  #listening: Listening | undefined;

  constructor(config: Config, database: Database, parts: { log: Log; clock: Clock }) {
    const { log, clock } = parts;
    this.config = config;
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#keeper = new RepositoryKeeper(config.repository);
    this.events = new Events<PlatformFact>((error) =>
      log.error({ error: describeFailure(error) }, 'a listener failed'),
    );
    const common = { database, clock, log, events: this.events };
    this.jobs = new SqliteJobQueue({ ...common, leaseMs: config.jobs.leaseSeconds * 1_000 });
    this.schedules = new Scheduler({
      ...common,
      queue: this.jobs,
      graceMs: config.schedules.graceSeconds * 1_000,
    });
    this.catalog = new Catalog({
      database,
      clock,
      scheduler: this.schedules,
      secrets: new SecretStore(join(config.dataFolder, 'secrets')),
    });
    this.runs = new Runs(database);
    this.recoveries = new Recoveries(database);
    this.estimates = new Estimates({ catalog: this.catalog, runs: this.runs, recoveries: this.recoveries });
    this.incidents = new Incidents({ ...common, catalog: this.catalog, estimates: this.estimates });
    const connect = connectSources(this.catalog);
    const probes = new Probes({ keeper: this.#keeper, connect });
    this.monitoring = new Monitoring({
      ...common,
      catalog: this.catalog,
      intervalMs: config.monitoring.intervalSeconds * 1_000,
      reference: async (sourceId) => (await this.runs.lastGood(sourceId))?.snapshotId,
      probe: (source, reference, signal) => probes.probe(source, reference, signal),
    });
    this.#desk = new OutageDesk({
      database,
      clock,
      catalog: this.catalog,
      monitoring: this.monitoring,
      incidents: this.incidents,
      log,
    });
    this.offSite = new OffSite({
      ...common,
      settings: config.offsite,
      recordFolder: join(config.dataFolder, 'offsite'),
      passwordFile: config.repository.passwordFile,
      jobs: this.jobs,
      catalog: this.catalog,
      runs: this.runs,
      keeper: this.#keeper,
    });
    this.promises = new PromiseRegister({
      ...common,
      catalog: this.catalog,
      runs: this.runs,
      recoveries: this.recoveries,
      estimates: this.estimates,
      scheduler: this.schedules,
      monitoring: this.monitoring,
      offSite: this.offSite,
      hasSnapshot: (id) => this.#keeper.hasSnapshot(id),
    });
    this.#board = new StatusBoard({
      clock,
      title: config.page.title,
      catalog: this.catalog,
      runs: this.runs,
      monitoring: this.monitoring,
      incidents: this.incidents,
      promises: this.promises,
      scheduler: this.schedules,
      offSite: this.offSite,
      refusals: () => lastRefusals(this.jobs),
      place: config.place,
      monitoringIntervalMs: config.monitoring.intervalSeconds * 1_000,
    });
    this.#firstRuns = new FirstRuns({
      catalog: this.catalog,
      runs: this.runs,
      recoveries: this.recoveries,
      jobs: this.jobs,
      clock,
      log,
    });
    this.#recurring = [this.schedules, this.monitoring, this.promises, this.#desk, this.offSite].map(
      ({ recurring }) => recurring,
    );
    this.#defineJobs(connect);
    logFacts(this.events, log);
    this.#listen();
  }

  #defineJobs(connect: ReturnType<typeof connectSources>): void {
    const { catalog, runs, recoveries, estimates, events } = this;
    const parts = { clock: this.#clock, catalog, runs, recoveries, keeper: this.#keeper, connect, events };
    this.jobs.define(
      new BackupJob({
        ...parts,
        isSuspect: (sourceId) => this.monitoring.isDamaged(sourceId),
        lacksSomething: async (source, signal) => {
          await this.monitoring.lookAt(source, signal);
          return await this.monitoring.isDamaged(source.id);
        },
        reportSigns: (source, signs) => this.monitoring.suspect(source, signs),
      }),
    );
    this.jobs.define(
      new DrillJob({
        ...parts,
        scratchFolder: join(this.config.dataFolder, 'scratch'),
        openCopy: (name, signal) => this.offSite.open(name, signal),
      }),
    );
    this.jobs.define(
      new RestoreJob({
        ...parts,
        estimates,
        incidentOf: async (sourceId) => (await this.#desk.incidentOfSource(sourceId))?.id,
      }),
    );
    this.jobs.define(
      new RetentionJob({
        catalog,
        keeper: this.#keeper,
        retention: this.config.retention,
        neededSnapshots: (sourceId) => this.#neededSnapshots(sourceId),
        isUnderSuspicion: (sourceId) => this.monitoring.isUnderSuspicion(sourceId),
        events,
      }),
    );
    this.schedules.handle('backup', ({ subject }) =>
      backupRequest({ sourceId: subject, reason: 'schedule' }),
    );
    this.schedules.handle('drill', ({ subject }) => drillRequest({ sourceId: subject, reason: 'schedule' }));
  }

  /** What follows from what happened in one room, in another. */
  #listen(): void {
    const then = (work: () => Promise<unknown>): void => {
      this.#consequences = this.#consequences
        .then(work)
        .catch((error: unknown) =>
          this.#log.error({ error: describeFailure(error) }, 'a consequence could not be drawn'),
        );
    };
    for (const change of ['outage.started', 'outage.ended'] as const) {
      this.events.on(change, () => {
        then(() => this.#desk.reconcile());
        then(() => this.promises.evaluate());
      });
    }
    this.events.on('restore.started', ({ restore }) => then(() => this.#desk.restoreBegan(restore)));
    this.events.on('restore.finished', ({ restore }) =>
      then(async () => {
        await this.#desk.restoreEnded(restore);
        if (restore.state === 'passed') await this.#confirmRecovery(restore.sourceId);
        await this.#desk.reconcile();
      }),
    );
    this.events.on('run.finished', ({ run }) => {
      then(() => this.promises.evaluate());
      if (run.state !== 'succeeded') return;
      then(() => this.#planRetention());
      then(() => this.offSite.request('backup'));
      if (this.#firstRuns.recurring.started) then(() => this.#firstRuns.request());
    });
    this.events.on('mirror.finished', ({ mirror }) =>
      then(async () => {
        // A backup that ended while it ran is not in it; a failure has its own attempts, and waits for the next turn.
        if (mirror.state === 'succeeded' && (await this.#backedUpSince(mirror.startedAt))) {
          await this.offSite.request('backup');
        }
        await this.promises.evaluate();
      }),
    );
    this.events.on('drill.finished', () => then(() => this.promises.evaluate()));
    this.events.on('schedule.lapsed', () => then(() => this.promises.evaluate()));
  }

  async #backedUpSince(at: string): Promise<boolean> {
    return (await this.runs.list({ limit: 20 })).some(({ finishedAt = '' }) => finishedAt > at);
  }

  /** What was verified need not wait for the next two rounds of the monitoring. */
  async #confirmRecovery(sourceId: string): Promise<void> {
    const source = await this.catalog.source(sourceId);
    await this.monitoring.settleSuspicion(sourceId);
    for (let look = 0; look < recoveryConfirmations; look++) {
      await this.monitoring.lookAt(source, AbortSignal.timeout(confirmTimeoutMs));
    }
  }

  /** Retention runs once a day, an hour after a backup, so that it is out of the way of the others. */
  async #planRetention(): Promise<void> {
    const now = this.#clock.now().getTime();
    const [last] = await this.jobs.list({ kind: 'retention', limit: 1 });
    if (last !== undefined && now - Date.parse(last.runAt) < 23 * 3_600_000) return;
    await this.jobs.enqueue({ ...retentionRequest(), runAt: instant(new Date(now + 3_600_000)) });
  }

  /** Snapshots that something rests on; retention leaves them alone. */
  async #neededSnapshots(sourceId: string): Promise<ReadonlySet<string>> {
    const good = await this.runs.lastGood(sourceId);
    const drill = await this.recoveries.lastDrill(sourceId, ['passed']);
    const outages = await this.monitoring.outages({ sourceId, open: true });
    const ids = [good?.snapshotId, drill?.snapshotId, ...outages.map((outage) => outage.referenceSnapshotId)];
    return new Set(ids.filter((id) => id !== undefined));
  }

  /** Makes the repository of the configuration when it is missing, with a password file of its own. */
  async initRepository(): Promise<{ created: boolean }> {
    return await this.#keeper.init();
  }

  /**
   * Takes a backup now and waits for its end; a run that is under way already is joined. Works with and
   * without `start`. A run that failed is returned as such; aborting the signal cancels it.
   */
  async runBackup(source: string, options: RunOptions = {}): Promise<Run> {
    const { id } = await this.catalog.source(source);
    const payload = { sourceId: id, reason: options.reason ?? 'manual' };
    const job = await this.#finish(backupRequest(payload, 1), options);
    const [run] = await this.runs.list({ jobId: job.id, limit: 1 });
    return run ?? this.#neverBegan(job);
  }

  /** Restores into a scratch place, verifies and measures; like `runBackup` otherwise. */
  async runDrill(
    source: string,
    options: RunOptions & { snapshot?: string; from?: string } = {},
  ): Promise<Drill> {
    const { id } = await this.catalog.source(source);
    const { snapshot, from } = options;
    if (from !== undefined) this.offSite.named(from);
    const payload = {
      sourceId: id,
      reason: options.reason ?? 'manual',
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(from === undefined ? {} : { from }),
    };
    const job = await this.#finish(drillRequest(payload, 1), options);
    const [drill] = await this.recoveries.drills({ jobId: job.id, limit: 1 });
    return drill ?? this.#neverBegan(job);
  }

  /** Brings an off-site repository up to date now; like `runBackup` otherwise. */
  async runMirror(
    name: string,
    options: RunOptions & { acceptLoss?: boolean; anew?: boolean } = {},
  ): Promise<MirrorRun> {
    const { name: repository } = this.offSite.named(name);
    const { acceptLoss, anew, reason = 'manual' } = options;
    const payload = {
      repository,
      reason,
      ...(acceptLoss === undefined ? {} : { acceptLoss }),
      ...(anew === undefined ? {} : { anew }),
    };
    await this.offSite.makeWay(repository, { alone: acceptLoss === true || anew === true });
    const job = await this.#finish(mirrorRequest(payload, 1), options);
    const [mirror] = await this.offSite.book.runs({ jobId: job.id, limit: 1 });
    return mirror ?? this.#neverBegan(job);
  }

  /**
   * Puts a snapshot back in place of the live source, verifies and measures. Destructive: who calls has
   * asked. Default: the newest backup that was taken while the source was whole.
   */
  async runRestore(source: string, options: RunOptions & { snapshot?: string } = {}): Promise<Restore> {
    const { id } = await this.catalog.source(source);
    const { snapshot } = options;
    const payload = {
      sourceId: id,
      reason: options.reason ?? 'manual',
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    const job = await this.#finish(restoreRequest(payload), options);
    const [restore] = await this.recoveries.restores({ jobId: job.id, limit: 1 });
    return restore ?? this.#neverBegan(job);
  }

  /**
   * A person says that what is missing from a source was meant to go: its outage ends, and its backups count
   * again. Undefined when nothing is missing.
   */
  async acceptChange(source: string): Promise<Outage | undefined> {
    const { id } = await this.catalog.source(source);
    const open = (await this.monitoring.outages({ sourceId: id, open: true })).find(
      ({ kind }) => kind === 'damaged',
    );
    const accepted = open === undefined ? undefined : await this.monitoring.acceptChange(open.id);
    await this.#consequences;
    return accepted;
  }

  async #finish(request: JobRequest<unknown>, options: RunOptions): Promise<Job> {
    options.signal?.throwIfAborted();
    const { job } = await this.jobs.enqueue(request);
    const cancel = (): void => {
      void this.jobs
        .cancel(job.id)
        .catch((error: unknown) =>
          this.#log.error({ job: job.id, error: describeFailure(error) }, 'a job could not be cancelled'),
        );
    };
    options.signal?.addEventListener('abort', cancel, { once: true });
    try {
      const ended = await this.jobs.finish(job.id, options.onProgress);
      // What follows from it, such as an update of an incident, has been said when this returns.
      await this.#consequences;
      return ended;
    } finally {
      options.signal?.removeEventListener('abort', cancel);
    }
  }

  #neverBegan(job: Job): never {
    const { failure } = job;
    throw new ServerError(
      job.state === 'cancelled' ? 'server.job-cancelled' : 'server.job-failed',
      failure?.message ?? `the job ended as ${job.state} before it began`,
      failure?.advice === undefined ? {} : { advice: failure.advice },
    );
  }

  /** A fresh handle on the repository, without its index; close it after use. */
  async openRepository(): Promise<Repository> {
    return await this.#keeper.open();
  }

  /** Resolves when everything that followed from what happened so far has been drawn. */
  async settled(): Promise<void> {
    await this.#consequences;
  }

  /** What the public page and `/status.json` say at this moment. */
  async statusReport(): Promise<StatusReport> {
    return await this.#board.report();
  }

  /**
   * Starts the job queue, the schedules, the monitoring and, with `http`, the public page. With `firstRuns`, a
   * source that was never backed up or never rehearsed does not wait for its first due time.
   * Rejects with `PortInUseError` before anything else is started.
   */
  async start(options: { http: boolean; firstRuns?: boolean }): Promise<{ url: string | undefined }> {
    if (options.http) await this.startPages();
    this.jobs.start();
    for (const work of this.#recurring) work.start();
    if (options.firstRuns === true) this.#firstRuns.recurring.start();
    const url = this.config.publicUrl ?? this.#listening?.url;
    this.#log.info({ url }, 'started');
    return { url };
  }

  /** The public page alone, for a platform whose work is done by another process. */
  async startPages(): Promise<{ url: string }> {
    if (this.#listening === undefined) {
      const pages = await publicPages({
        board: this.#board,
        title: this.config.page.title,
        log: this.#log,
        clock: this.#clock,
      });
      this.#listening = await listen(pages, this.config.listen);
    }
    return { url: this.#listening.url };
  }

  /** Takes nothing new, lets what runs come to an end, gives back what lasts too long, and closes. */
  async stop(): Promise<void> {
    await this.#listening?.close(drainHttpMs);
    this.#listening = undefined;
    await Promise.all([...this.#recurring, this.#firstRuns.recurring].map((work) => work.stop()));
    await this.jobs.stop(drainJobsMs);
    await this.#consequences;
    await this.#database.close();
    this.#log.info({}, 'stopped');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
