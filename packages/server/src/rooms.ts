import { join } from 'node:path';
import { Access } from './access/index.ts';
import { AccountEngine, Accounts, ApiKeys, Invitations, Members, PasswordReset } from './accounts/index.ts';
import { AuditLog, AuditRetention, RemovalCheck } from './audit/index.ts';
import {
  type ConnectSource,
  connectSources,
  lastRefusals,
  PlannedRemovals,
  Probes,
  ReplacedSnapshots,
  RepositoryGrowth,
  RepositoryKeeper,
  RepositoryLocations,
  type Rests,
  Runs,
  SnapshotBrowser,
} from './backup/index.ts';
import { Catalog } from './catalog/index.ts';
import { BookCheck, BookSeals, Entries, Grants, Openings, Transfers } from './credentials/index.ts';
import type { PlatformFact } from './facts.ts';
import { FirstRuns } from './first-runs.ts';
import { IdentitySeals, RowCheck } from './identity/index.ts';
import { KitWatch } from './kits/index.ts';
import { Outbox } from './mail/index.ts';
import { Monitoring } from './monitoring/index.ts';
import { OffSite } from './offsite/index.ts';
import {
  type Clock,
  type Config,
  type Database,
  describeFailure,
  Events,
  type JobQueue,
  type Log,
  makeJobQueue,
  OutgoingAddresses,
  Scheduler,
} from './platform/index.ts';
import { Estimates, Recoveries, RestorePlans } from './recovery/index.ts';
import { restsOf } from './retention-planning.ts';
import { Incidents, OutageDesk, StatusBoard } from './status/index.ts';
import { transferNotices } from './transfer-notices.ts';
import { PromiseRegister } from './trust/index.ts';
import { KeyFile, KeyRing, MachineUses, OwnKeys, Vault } from './vault/index.ts';

/** What every room is made from. */
export interface Ground {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Every room of the platform. They know each other only as far as each was handed another here. */
export interface Rooms extends Ground {
  readonly events: Events<PlatformFact>;
  readonly jobs: JobQueue;
  readonly schedules: Scheduler;
  readonly vaultKeys: KeyRing;
  readonly machineUses: MachineUses;
  readonly vault: Vault;
  readonly ownKeys: OwnKeys;
  readonly identity: IdentitySeals;
  readonly audit: AuditLog;
  /** Absent: the audit log is kept without end. */
  readonly auditRetention: AuditRetention | undefined;
  readonly access: Access;
  readonly accounts: Accounts;
  readonly outbox: Outbox;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly resets: PasswordReset;
  readonly keys: ApiKeys;
  readonly entries: Entries;
  readonly grants: Grants;
  readonly openings: Openings;
  readonly transfers: Transfers;
  readonly book: BookCheck;
  readonly catalog: Catalog;
  readonly keeper: RepositoryKeeper;
  readonly browser: SnapshotBrowser;
  readonly rests: Rests;
  readonly plannedRemovals: PlannedRemovals;
  readonly repositoryLocations: RepositoryLocations;
  readonly growth: RepositoryGrowth;
  readonly outgoing: OutgoingAddresses;
  readonly connect: ConnectSource;
  readonly runs: Runs;
  readonly replaced: ReplacedSnapshots;
  readonly recoveries: Recoveries;
  readonly restorePlans: RestorePlans;
  readonly estimates: Estimates;
  readonly monitoring: Monitoring;
  readonly incidents: Incidents;
  readonly desk: OutageDesk;
  readonly offSite: OffSite;
  readonly kits: KitWatch;
  readonly promises: PromiseRegister;
  readonly board: StatusBoard;
  readonly firstRuns: FirstRuns;
}

/** Where people reach the console; on loopback any port is as good as another, and it may not be known yet. */
export const consoleUrl = ({ console, tls }: Config): string =>
  console.url ?? `${tls === undefined ? 'http' : 'https'}://${authority(console.listen)}`;

const authority = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Makes the rooms, from the bottom up; starts none, and nothing follows from what happens in one yet. */
export function makeRooms(ground: Ground): Rooms {
  const { config, database, clock, log } = ground;
  const events = new Events<PlatformFact>((error) =>
    log.error({ error: describeFailure(error) }, 'a listener failed'),
  );
  const common = { database, clock, log, events };
  const jobs = makeJobQueue({ ...common, leaseMs: config.jobs.leaseSeconds * 1_000 });
  const schedules = new Scheduler({
    ...common,
    queue: jobs,
    graceMs: config.schedules.graceSeconds * 1_000,
  });
  const vaultKeys = new KeyRing(new KeyFile(config.dataFolder), config.vault);
  const machineUses = new MachineUses({ database, clock, log });
  const vault = new Vault({
    database,
    clock,
    holder: vaultKeys,
    noteUse: (owner) => machineUses.note(owner),
  });
  const ownKeys = new OwnKeys({ database, vault, folder: config.dataFolder });
  const outbox = new Outbox({ database, clock, vault, jobs, settings: config.mail });
  const audit = new AuditLog({ database, clock });
  const auditRetention =
    config.audit === undefined
      ? undefined
      : new AuditRetention({ database, clock, log, audit, settings: config.audit });
  const identity = new IdentitySeals({ database, audit, log, keys: ownKeys });
  const access = new Access({ database, clock, identity });
  const url = consoleUrl(config);
  const engine = new AccountEngine({ database, clock, ownKeys, identity, audit, outbox, url });
  const { oidc } = config.signIn;
  const accounts = new Accounts({ database, clock, audit, vault, url, engine, identity, oidc });
  const members = new Members({ database, clock, audit, access, accounts, engine, identity });
  const invitations = new Invitations({ database, clock, audit, access, accounts, engine, identity });
  const keys = new ApiKeys({ database, clock, audit, access, identity });
  const resets = new PasswordReset({ database, clock, audit, engine, accounts, keys, identity });
  const entries = new Entries({ database, clock, vault, audit, access, identity });
  const seals = new BookSeals({ ownKeys });
  const grants = new Grants({ database, clock, audit, access, seals });
  const book = new BookCheck({ database, clock, seals });
  const openings = new Openings({ database, clock, vault, audit, access, seals });
  const tell = transferNotices({ outbox, clock, entries, url });
  const transfers = new Transfers({ database, clock, vault, audit, access, seals, tell });
  const catalog = new Catalog({
    database,
    clock,
    scheduler: schedules,
    vault,
    audit,
    onServiceRemoved: (transaction, serviceId) => access.unassign(transaction, serviceId),
  });
  const keeper = new RepositoryKeeper(config.repository);
  const browser = new SnapshotBrowser({ open: (signal) => keeper.open(signal) });
  const outgoing = new OutgoingAddresses(config.network);
  const growth = new RepositoryGrowth({ database, clock });
  const connect = connectSources(catalog, outgoing);
  const runs = new Runs(database);
  const replaced = new ReplacedSnapshots(database);
  const recoveries = new Recoveries(database);
  const restorePlans = new RestorePlans({ database, clock, catalog, runs, recoveries, jobs });
  const estimates = new Estimates({ catalog, runs, recoveries });
  const probes = new Probes({ keeper, connect });
  const monitoring = new Monitoring({
    ...common,
    catalog,
    intervalMs: config.monitoring.intervalSeconds * 1_000,
    reference: async (sourceId) => (await runs.lastGood(sourceId))?.snapshotId,
    probe: (source, reference, signal) => probes.probe(source, reference, signal),
  });
  const incidents = new Incidents({ ...common, catalog, estimates });
  const desk = new OutageDesk({ database, clock, catalog, monitoring, recoveries, incidents, log });
  const offSite = new OffSite({
    ...common,
    settings: config.offsite,
    recordFolder: join(config.dataFolder, 'offsite'),
    passwordFile: config.repository.passwordFile,
    jobs,
    catalog,
    runs,
    keeper,
  });
  const kits = new KitWatch({ ...common, config, catalog, offSite });
  const promises = new PromiseRegister({
    ...common,
    catalog,
    runs,
    recoveries,
    scheduler: schedules,
    monitoring,
    offSite,
    kits,
    book,
    removals: new RemovalCheck({ database, clock }),
    rows: new RowCheck({ database, clock, identity }),
    hasSnapshot: (id) => keeper.hasSnapshot(id),
  });
  const board = new StatusBoard({
    database,
    clock,
    title: config.page.title,
    catalog,
    runs,
    monitoring,
    incidents,
    promises,
    scheduler: schedules,
    offSite,
    refusals: () => lastRefusals(jobs),
    kits,
    place: config.place,
    monitoringIntervalMs: config.monitoring.intervalSeconds * 1_000,
  });
  const firstRuns = new FirstRuns({ catalog, runs, recoveries, jobs, clock, log });
  return {
    ...ground,
    events,
    jobs,
    schedules,
    machineUses,
    vaultKeys,
    auditRetention,
    vault,
    ownKeys,
    identity,
    audit,
    access,
    outbox,
    accounts,
    members,
    invitations,
    resets,
    keys,
    entries,
    grants,
    openings,
    transfers,
    book,
    catalog,
    keeper,
    browser,
    plannedRemovals: new PlannedRemovals({ database }),
    rests: restsOf({ catalog, runs, replaced, recoveries, monitoring }),
    repositoryLocations: new RepositoryLocations({ database, clock }),
    growth,
    outgoing,
    connect,
    runs,
    replaced,
    recoveries,
    restorePlans,
    estimates,
    monitoring,
    incidents,
    desk,
    offSite,
    kits,
    promises,
    board,
    firstRuns,
  };
}
