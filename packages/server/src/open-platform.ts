import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@octobox/repository';
import { dropLostFactors } from './accounts/index.ts';
import type { AuditRecord, Origin } from './audit/index.ts';
import type { Run, Runs } from './backup/index.ts';
import { type Catalog, takeOverPasswords } from './catalog/index.ts';
import { Consequences } from './consequences.ts';
import type { BookCheck, Entries, Grants, Openings } from './credentials/index.ts';
import { defineJobs } from './define-jobs.ts';
import { logFacts } from './fact-log.ts';
import type { PlatformFact } from './facts.ts';
import type { KitWatch } from './kits/index.ts';
import { type Mail, readMailPassword, tryMail } from './mail/index.ts';
import { migrations } from './migrations.ts';
import type { Monitoring, Outage } from './monitoring/index.ts';
import type { MirrorRun, OffSite } from './offsite/index.ts';
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
import { recordedRotation } from './recorded-rotation.ts';
import type { Drill, Estimates, Recoveries, Restore } from './recovery/index.ts';
import { consoleUrl, type Ground, makeRooms, type Rooms } from './rooms.ts';
import {
  type DrillOptions,
  type MirrorOptions,
  type RestoreOptions,
  RunNow,
  type RunOptions,
} from './run-now.ts';
import type { Incidents, StatusReport } from './status/index.ts';
import type { PromiseRegister } from './trust/index.ts';
import {
  inspectVault,
  type LostKey,
  type MachineUses,
  type OwnKeyName,
  Rotation,
  type RotationOptions,
  type RotationResult,
  VaultError,
  type VaultReport,
} from './vault/index.ts';
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
/** What can be wrong with a key of the platform's own while that of the vault is good. */
const ownKeyTroubles: ReadonlySet<string> = new Set(['server.vault-key-replaced', 'server.vault-damaged']);

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

/** The rooms of the platform as one: what its users may reach, and its beginning and end. */
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
  readonly schedules: Scheduler;
  readonly jobs: JobQueue;
  readonly events: Events<PlatformFact>;
  readonly #rooms: Rooms;
  readonly #consequences: Consequences;
  readonly #runNow: RunNow;
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
    this.schedules = rooms.schedules;
    this.jobs = rooms.jobs;
    this.events = rooms.events;
    this.#leader = new Leader(rooms);
    this.#web = new WebServers(rooms);
    defineJobs(rooms);
    logFacts(rooms.events, rooms.log);
    this.#consequences = new Consequences(rooms);
    this.#runNow = new RunNow(rooms, this.#consequences);
  }

  /** Moves the passwords of sources that an earlier version kept in files into the vault. */
  async takeOverPasswords(): Promise<void> {
    const folder = join(this.config.dataFolder, 'secrets');
    await takeOverPasswords({ ...this.#rooms, folder });
  }

  /** What is sealed, for which keys, and which of those are here; no secret is opened. */
  async vaultReport(): Promise<VaultReport> {
    return await inspectVault({ ...this.#rooms, keys: this.#rooms.vaultKeys });
  }

  /** Makes the key that the next `rotateVault` goes over to, and its file; gives both. */
  async prepareVaultRotation(origin?: Origin): Promise<{ fingerprint: string; file: string }> {
    const { vaultKeys } = this.#rooms;
    const rotation = new Rotation({ ...this.#rooms, keys: vaultKeys });
    const { fingerprint } = await rotation.prepare(recordedRotation(this.#rooms.audit, origin));
    return { fingerprint, file: vaultKeys.nextPath };
  }

  /**
   * A new key for everything that is sealed, or the rest of a rotation that was cut off, while others work with it.
   * @throws VaultError when the current key is not here, unless it is said to be lost
   */
  async rotateVault(options: RotationOptions = {}, origin?: Origin): Promise<RotationResult> {
    const { ownKeys, identity, vaultKeys, audit } = this.#rooms;
    const dropped = options.keyLost === true ? await ownKeys.dropLost() : [];
    if (options.keyLost === true) await dropLostFactors(this.#rooms);
    const rotation = new Rotation({ ...this.#rooms, keys: vaultKeys });
    const ended = await rotation
      .run({ ...options, ...recordedRotation(audit, origin) })
      .catch(async (error: unknown): Promise<RotationResult> => {
        const isCurrent = error instanceof VaultError && error.code === 'server.vault-key-current';
        if (!isCurrent || dropped.length === 0) throw error;
        // There was nothing to go over to: the key of the vault is good, and those that were dropped are made anew.
        const { fingerprint, bits } = await vaultKeys.first();
        return { fingerprint, bits, resumed: false, rewrapped: 0, unreadable: [], finished: true };
      });
    if (dropped.includes('identity')) await identity.renew();
    return ended;
  }

  /**
   * Keys that the platform made for itself and that are not what this machine has seen, or are damaged.
   * @throws VaultError when the vault's own key is not here: then nothing can be told
   */
  async lostOwnKeys(): Promise<readonly LostKey[]> {
    const lost = await this.#rooms.ownKeys.lost();
    const other = lost.find(({ error: { code } }) => !ownKeyTroubles.has(code));
    if (other !== undefined) throw other.error;
    return lost;
  }

  /**
   * Makes those anew, while the vault's key stays. What the key of the accounts seals is sealed as it is now.
   * @param names as `lostOwnKeys` gave them
   * @throws ServerError `server.plan-outdated` when others are lost now
   */
  async renewOwnKeys(names: readonly OwnKeyName[], origin: Origin): Promise<void> {
    const { ownKeys, identity, audit } = this.#rooms;
    const lost = (await this.lostOwnKeys()).map(({ name }) => name);
    if (lost.join() !== names.join()) {
      throw new ServerError('server.plan-outdated', 'other keys are lost than a moment ago', {
        advice: 'Look again at which.',
      });
    }
    await ownKeys.drop(lost, async (transaction) => {
      const after = { keys: lost.join(' ') };
      await audit.append(transaction, { action: 'own-keys.renewed', origin, subject: 'vault', after });
    });
    if (lost.includes('identity')) await identity.renew();
  }

  /** Makes the repository of the configuration when it is missing, with a password file of its own. */
  async initRepository(): Promise<{ created: boolean }> {
    return await this.#rooms.keeper.init();
  }

  /**
   * Takes a backup now and waits for its end; a run that is under way already is joined. Works with and
   * without `start`. A run that failed is returned as such; aborting the signal cancels it.
   */
  async runBackup(source: string, options: RunOptions = {}): Promise<Run> {
    return await this.#runNow.backup(source, options);
  }

  /** Restores into a scratch place, verifies and measures; like `runBackup` otherwise. */
  async runDrill(source: string, options: DrillOptions = {}): Promise<Drill> {
    return await this.#runNow.drill(source, options);
  }

  /** Brings an off-site repository up to date now; like `runBackup` otherwise. */
  async runMirror(name: string, options: MirrorOptions = {}): Promise<MirrorRun> {
    return await this.#runNow.mirror(name, options);
  }

  /**
   * Puts a snapshot back in place of the live source, verifies and measures. Destructive: who calls has
   * asked. Default: the newest backup that was taken while the source was whole.
   */
  async runRestore(source: string, options: RestoreOptions = {}): Promise<Restore> {
    return await this.#runNow.restore(source, options);
  }

  /**
   * A person says that what is missing from a source was meant to go: its outage ends, and its backups count
   * again. Undefined when nothing is missing. `reason`: why it was meant, for the audit log.
   */
  async acceptChange(source: string, origin?: Origin, reason?: string): Promise<Outage | undefined> {
    const { id } = await this.catalog.source(source);
    const open = (await this.monitoring.outages.list({ sourceId: id, open: true })).find(
      ({ kind }) => kind === 'damaged',
    );
    const accepted =
      open === undefined
        ? undefined
        : await this.monitoring.outages.accept(open.id, async (transaction, { startedAt, findings }) => {
            if (origin === undefined) return;
            const record = { action: 'source.change-accepted', origin, subject: `source:${id}` };
            const before = { missingSince: startedAt, findings: findings.length };
            const after = reason === undefined ? {} : { after: { reason } };
            await this.#rooms.audit.append(transaction, { ...record, before, ...after });
          });
    await this.#consequences.settled();
    return accepted;
  }

  /** Enters in the audit log what somebody does beside the platform, as to one of its repositories. */
  async enter(record: AuditRecord): Promise<void> {
    await this.#rooms.database.change((transaction) => this.#rooms.audit.append(transaction, record));
  }

  /** A fresh handle on the repository, without its index; close it after use. */
  async openRepository(): Promise<Repository> {
    return await this.#rooms.keeper.open();
  }

  /** Resolves when everything that followed from what happened so far has been drawn. */
  async settled(): Promise<void> {
    await this.#consequences.settled();
  }

  /** What the public page and `/status.json` say at this moment. */
  async statusReport(): Promise<StatusReport> {
    return await this.#rooms.board.report();
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

  /**
   * A one-time link, good for an hour, by which somebody who forgot the password chooses a new one, and with
   * `secondFactor` turns that off.
   * @throws NotFoundError when there is no such account
   */
  async passwordLink(
    email: string,
    options: { readonly secondFactor?: boolean; readonly origin?: Origin } = {},
  ): Promise<string> {
    return `${consoleUrl(this.config)}/reset/${await this.#rooms.resets.make(email, options)}`;
  }

  /**
   * Sends a mail to see whether it is taken, and gives the server's last answer.
   * @param onAnswer every line of the server
   * @throws ServerError when no mail server is configured; MailError when the mail is not taken
   */
  async tryMail(to: string, onAnswer: (line: string) => void): Promise<string> {
    return await tryMail(this.config.mail, to, this.#rooms.clock.now(), onAnswer);
  }

  /** Mails that wait, and those that were given up, the newest first. */
  async troubledMails(): Promise<{ waiting: Mail[]; failed: Mail[] }> {
    const { outbox } = this.#rooms;
    const limit = 200;
    return {
      waiting: await outbox.list({ state: 'waiting', limit }),
      failed: await outbox.list({ state: 'failed', limit }),
    };
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
