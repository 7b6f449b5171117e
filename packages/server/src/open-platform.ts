import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runs } from './backup/index.ts';
import { type Catalog, takeOverPasswords } from './catalog/index.ts';
import { Consequences } from './consequences.ts';
import type { BookCheck, Entries, Grants, Openings } from './credentials/index.ts';
import { defineJobs } from './define-jobs.ts';
import { logFacts } from './fact-log.ts';
import type { PlatformFact } from './facts.ts';
import type { KitWatch } from './kits/index.ts';
import { readMailPassword } from './mail/index.ts';
import { migrations } from './migrations.ts';
import type { Monitoring } from './monitoring/index.ts';
import type { OffSite } from './offsite/index.ts';
import {
  type Clock,
  type Config,
  createLog,
  databaseFile,
  describeFailure,
  type Events,
  type JobQueue,
  Leader,
  type Log,
  openDatabase,
  type Recurring,
  type Scheduler,
  ServerError,
  systemClock,
  warnOfOpenSecret,
} from './platform/index.ts';
import type { Estimates, Recoveries } from './recovery/index.ts';
import { type Ground, makeRooms, type Rooms } from './rooms.ts';
import type { Incidents, StatusBoard } from './status/index.ts';
import type { PromiseRegister } from './trust/index.ts';
import type { MachineUses } from './vault/index.ts';
import { AccountVerbs, MailVerbs, RepositoryVerbs, RunNow, SourceVerbs, VaultVerbs } from './verbs/index.ts';
import { WebServers } from './web-servers.ts';

export interface OpenPlatformOptions {
  /** Default: JSON lines on standard error, of the configured level. */
  readonly log?: Log;
  /** Tests bring one that they can move. */
  readonly clock?: Clock;
  /** Only to look: passwords of an earlier version stay where they are until somebody opens it for more. */
  readonly readOnly?: boolean;
  /** Whether the database is damaged is left to `checkDatabase`, and to who wants to change something. */
  readonly checkLater?: boolean;
}

/** Jobs that run when the platform stops get so long to end. */
const drainJobsMs = 10_000;

/** Opens the database and brings it up to date; moves what an earlier version kept elsewhere; starts nothing. */
export async function openPlatform(config: Config, options: OpenPlatformOptions = {}): Promise<Platform> {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  await chmod(config.dataFolder, 0o700);
  const database = await openDatabase(config.database, migrations, {
    beforeFirst: () => refuseToForget(config),
    checkLater: options.checkLater === true,
  });
  const log = options.log ?? createLog({ level: config.log.level });
  await warnOfOpenSecret(config.repository.passwordFile, log);
  const platform = new Platform({
    config,
    database,
    log,
    clock: options.clock ?? systemClock,
    readOnly: options.readOnly === true,
  });
  if (options.readOnly === true) return platform;
  try {
    await platform.takeOverPasswords();
  } catch (error) {
    await database.close();
    throw error;
  }
  return platform;
}

/** A `DATABASE_URL` that is meant for another program must not leave behind what this one knows. */
async function refuseToForget({ database, dataFolder }: Config): Promise<void> {
  const file = databaseFile(dataFolder);
  if (database.kind === 'sqlite' || !(await stat(file).catch(() => undefined))) return;
  throw new ServerError(
    'server.database-unusable',
    `PostgreSQL is configured, and has nothing of this platform yet; everything known so far is in ${file}`,
    {
      advice: `Unset DATABASE_URL (or "database" in octobox.yaml) to go on with the file, or move ${file} away to begin anew.`,
    },
  );
}

/** The rooms of the platform as one: those that its users may reach, the verbs of the command line, its beginning and end. */
export class Platform implements AsyncDisposable {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly entries: Entries;
  readonly grants: Grants;
  readonly openings: Openings;
  readonly book: BookCheck;
  readonly machineUses: MachineUses;
  readonly incidents: Incidents;
  readonly runs: Runs;
  readonly recoveries: Recoveries;
  readonly estimates: Estimates;
  readonly monitoring: Monitoring;
  readonly offSite: OffSite;
  readonly kits: KitWatch;
  readonly promises: PromiseRegister;
  readonly board: StatusBoard;
  readonly schedules: Scheduler;
  readonly jobs: JobQueue;
  readonly events: Events<PlatformFact>;
  readonly runNow: RunNow;
  readonly repository: RepositoryVerbs;
  readonly sources: SourceVerbs;
  readonly vault: VaultVerbs;
  readonly accounts: AccountVerbs;
  readonly mail: MailVerbs;
  readonly #rooms: Rooms;
  readonly #consequences: Consequences;
  readonly #leader: Leader;
  readonly #readOnly: boolean;
  readonly #web: WebServers;

  constructor({ readOnly = false, ...ground }: Ground & { readonly readOnly?: boolean }) {
    const rooms = makeRooms(ground);
    this.#readOnly = readOnly;
    this.#rooms = rooms;
    this.config = rooms.config;
    this.catalog = rooms.catalog;
    this.entries = rooms.entries;
    this.grants = rooms.grants;
    this.openings = rooms.openings;
    this.book = rooms.book;
    this.machineUses = rooms.machineUses;
    this.incidents = rooms.incidents;
    this.runs = rooms.runs;
    this.recoveries = rooms.recoveries;
    this.estimates = rooms.estimates;
    this.monitoring = rooms.monitoring;
    this.offSite = rooms.offSite;
    this.kits = rooms.kits;
    this.promises = rooms.promises;
    this.board = rooms.board;
    this.schedules = rooms.schedules;
    this.jobs = rooms.jobs;
    this.events = rooms.events;
    this.#leader = new Leader(rooms);
    this.#web = new WebServers(rooms);
    defineJobs(rooms);
    logFacts(rooms.events, rooms.log);
    this.#consequences = new Consequences(rooms);
    this.runNow = new RunNow(rooms, this.#consequences);
    this.repository = new RepositoryVerbs(rooms);
    this.sources = new SourceVerbs(rooms, this.#consequences);
    this.vault = new VaultVerbs(rooms);
    this.accounts = new AccountVerbs(rooms);
    this.mail = new MailVerbs(rooms);
  }

  /** Moves the passwords of sources that an earlier version kept in files into the vault. */
  async takeOverPasswords(): Promise<void> {
    const folder = join(this.config.dataFolder, 'secrets');
    await takeOverPasswords({ ...this.#rooms, folder });
  }

  /** Resolves when everything that followed from what happened so far has been drawn. */
  async settled(): Promise<void> {
    await this.#consequences.settled();
  }

  /**
   * Reads all of the database, while pages may be answered already; nothing is changed before it ended.
   * @throws DatabaseDamagedError
   */
  async checkDatabase(): Promise<void> {
    await this.#rooms.database.whole();
  }

  /**
   * Starts the job queue, the schedules, the monitoring and, with `http`, the public page. With `firstRuns`, a
   * source that was never backed up or never rehearsed does not wait for its first due time.
   * Rejects with `PortInUseError` before anything else is started.
   */
  async start(options: { http: boolean; firstRuns?: boolean }): Promise<{ url: string | undefined }> {
    if (options.http) await this.startPages();
    await this.#lookAtMail();
    await this.jobs.open();
    this.jobs.start();
    this.schedules.recurring.start();
    this.#rooms.machineUses.recurring.start();
    const { firstRuns } = this.#rooms;
    firstRuns.wanted = options.firstRuns === true;
    await this.#leader.start(this.#ledWork());
    const url = this.config.publicUrl ?? this.#web.pageUrl;
    this.#rooms.log.info({ url }, 'started');
    return { url };
  }

  /** Backups do not stop for want of a password for the mail server; that no mail can be sent is said at once. */
  async #lookAtMail(): Promise<void> {
    const { mail } = this.config;
    if (mail === undefined) return;
    await readMailPassword(mail).catch((error: unknown) =>
      this.#rooms.log.error({ error: describeFailure(error) }, 'no mail can be sent'),
    );
  }

  /** What one node does for all. Schedules are not among it: of several that look, one gets the due time. */
  #ledWork(): Recurring[] {
    const { monitoring, promises, desk, offSite, kits, firstRuns, auditRetention } = this.#rooms;
    const rooms = [
      monitoring,
      promises,
      desk,
      offSite,
      kits,
      ...(firstRuns.wanted ? [firstRuns] : []),
      ...(auditRetention === undefined ? [] : [auditRetention]),
    ];
    return rooms.map(({ recurring }) => recurring);
  }

  /** The public page alone, for a platform whose work is done by another process. */
  async startPages(signal?: AbortSignal): Promise<{ url: string }> {
    return await this.#web.startPages(signal);
  }

  /**
   * The console, where the operator signs in. Until it has an owner `setUpUrl` is the one-time link to become that:
   * a secret for an hour, and another one with the next start.
   */
  async startConsole(): Promise<{ url: string; setUpUrl: string | undefined; ownerMade: Promise<void> }> {
    this.#rooms.machineUses.recurring.start();
    return await this.#web.startConsole();
  }

  /** Takes nothing new, lets what runs come to an end, gives back what lasts too long, and closes. */
  async stop(): Promise<void> {
    await this.#web.close();
    await Promise.all([this.schedules.recurring.stop(), this.#leader.stop()]);
    await this.jobs.stop(drainJobsMs);
    await this.#consequences.settled();
    await this.#rooms.browser.close();
    if (!this.#readOnly) await this.#rooms.machineUses.end();
    await this.#rooms.database.close();
    this.#rooms.log.info({}, 'stopped');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
