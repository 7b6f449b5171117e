import type { KnownRefusal, Run, Runs } from '../backup/index.ts';
import type { Catalog, ProtectedSource, Service } from '../catalog/index.ts';
import type { KitWatch } from '../kits/index.ts';
import type { HealthDay, Monitoring, Outage, SourceHealth } from '../monitoring/index.ts';
import type { OffSite } from '../offsite/index.ts';
import {
  type Clock,
  type Database,
  etagOf,
  Held,
  instant,
  type Lapse,
  type Schedule,
  type Scheduler,
} from '../platform/index.ts';
import type { KeptPromise, PromiseChange, PromiseRegister } from '../trust/index.ts';
import { countStates } from './count-states.ts';
import { barDays, dayBars, lastDays, observedIn, uptimeOf } from './day-bars.ts';
import { heldHistory } from './held-history.ts';
import type { Incident } from './incident.ts';
import type { Incidents } from './incidents.ts';
import { isOnlySuspicious } from './only-suspicious.ts';
import { promiseReport, shownChanges } from './promise-report.ts';
import type {
  IncidentReport,
  LapseReport,
  ServiceReport,
  ServiceState,
  SourceReport,
  StatusReport,
} from './report.ts';
import { repositoryReports } from './repository-reports.ts';
import { overallState, summaryOf } from './summary.ts';

/** A sign of life that is so much later than it should be means that nobody is watching. */
const patienceMs = 30_000;

/** A report as it is sent, made once for all who ask. */
export interface WrittenReport {
  readonly report: StatusReport;
  /** It as JSON. */
  readonly text: string;
  /** Stays the same as long as nothing but the times of looking changed. */
  readonly same: string;
}

/** The times of looking alone are no news, as long as it looks. */
export const sameReport = ({ watching, ...report }: StatusReport): string =>
  etagOf(JSON.stringify([{ ...report, generatedAt: undefined }, watching.alive]));

/** Puts together what the public may know at this moment. */
export class StatusBoard {
  readonly #clock: Clock;
  readonly #title: string;
  readonly #catalog: Catalog;
  readonly #runs: Runs;
  readonly #monitoring: Monitoring;
  readonly #incidents: Incidents;
  readonly #promises: PromiseRegister;
  readonly #scheduler: Scheduler;
  readonly #offSite: OffSite;
  readonly #refusals: () => Promise<ReadonlyMap<string, KnownRefusal>>;
  readonly #kits: KitWatch;
  readonly #place: string | undefined;
  readonly #aliveMs: number;
  readonly #written: Held<WrittenReport>;

  constructor(options: {
    database: Database;
    clock: Clock;
    title: string;
    catalog: Catalog;
    runs: Runs;
    monitoring: Monitoring;
    incidents: Incidents;
    promises: PromiseRegister;
    scheduler: Scheduler;
    offSite: OffSite;
    /** What the last retention refused to forget, by the id of the source. */
    refusals: () => Promise<ReadonlyMap<string, KnownRefusal>>;
    kits: KitWatch;
    /** Where the primary repository is. */
    place: string | undefined;
    /** milliseconds between two rounds of the monitoring, the slower of the two signs of life */
    monitoringIntervalMs: number;
  }) {
    this.#clock = options.clock;
    this.#title = options.title;
    this.#catalog = options.catalog;
    this.#runs = options.runs;
    this.#monitoring = options.monitoring;
    this.#incidents = options.incidents;
    this.#promises = options.promises;
    this.#scheduler = options.scheduler;
    this.#offSite = options.offSite;
    this.#refusals = options.refusals;
    this.#kits = options.kits;
    this.#place = options.place;
    this.#aliveMs = Math.max(60_000, options.monitoringIntervalMs) + patienceMs;
    this.#written = new Held({
      ...options,
      make: async () => {
        const report = await this.report();
        return { report, text: JSON.stringify(report), same: sameReport(report) };
      },
    });
  }

  /** The report of this second, for the many who ask: never from before a change of this process. */
  async written(): Promise<WrittenReport> {
    return await this.#written.get();
  }

  async report(): Promise<StatusReport> {
    const now = this.#clock.now();
    const days = lastDays(now);
    const services = await this.#catalog.services();
    const sources = await this.#catalog.sources();
    const incidents = await this.#incidents.list({ limit: 50 });
    const promises = await this.#promises.current();
    const health = await this.#monitoring.health.now();
    const outages = await this.#monitoring.outages.list({ open: true });
    const observed = await this.#monitoring.health.days(days[0] ?? '');
    const schedules = await this.#scheduler.list();
    const since = instant(new Date(now.getTime() - barDays * 86_400_000));
    const lapses = await this.#scheduler.lapses({ since, limit: 500 });
    const changes = await this.#promises.recentChanges({ since, each: shownChanges });
    const refusals = await this.#refusals();
    const backups = await this.#runs.lastGoodOf(sources.map(({ id }) => id));
    const names = new Map(services.map((service) => [service.id, service.slug]));
    const sourceNames = new Map(sources.map((source) => [source.id, source.name]));

    const reports = services.map((service) =>
      serviceReport(service, {
        sources: sources.filter(({ serviceId }) => serviceId === service.id),
        incidents: incidents.filter(
          (incident) => incident.resolvedAt === undefined && incident.serviceIds.includes(service.id),
        ),
        promises: promises.filter(({ serviceId }) => serviceId === service.id),
        changes,
        sourceNames,
        health,
        outages,
        observed,
        days,
        schedules,
        lapses,
        refusals,
        backups,
      }),
    );
    const lastSignAt = await this.#lastSign();
    const alive = lastSignAt !== undefined && now.getTime() - Date.parse(lastSignAt) <= this.#aliveMs;
    const state = overallState(reports, alive);
    return {
      title: this.#title,
      generatedAt: instant(now),
      state,
      summary: summaryOf(state, reports, alive),
      watching: { alive, ...(lastSignAt === undefined ? {} : { lastSignAt }) },
      services: reports,
      general: promises
        .filter(({ serviceId }) => serviceId === undefined)
        .map((promise) => promiseReport(promise, sourceNames, changes)),
      incidents: incidents
        .filter((incident) => incident.resolvedAt === undefined || incident.resolvedAt >= since)
        .map((incident) => incidentReport(incident, names)),
      promises: countStates(promises),
      repositories: repositoryReports(this.#place, await this.#offSite.states(), await this.#kits.current()),
    };
  }

  async incident(id: number): Promise<IncidentReport> {
    const services = await this.#catalog.services();
    return incidentReport(
      await this.#incidents.get(id),
      new Map(services.map((service) => [service.id, service.slug])),
    );
  }

  async #lastSign(): Promise<string | undefined> {
    const beats = [await this.#scheduler.lastBeat(), await this.#monitoring.lastBeat()];
    // Both loops must live: the older sign counts.
    return beats.includes(undefined) ? undefined : beats.filter((beat) => beat !== undefined).sort()[0];
  }
}

function serviceReport(
  service: Service,
  known: {
    sources: readonly ProtectedSource[];
    incidents: readonly Incident[];
    promises: readonly KeptPromise[];
    changes: readonly PromiseChange[];
    sourceNames: ReadonlyMap<string, string>;
    health: ReadonlyMap<string, SourceHealth>;
    outages: readonly Outage[];
    observed: ReadonlyMap<string, readonly HealthDay[]>;
    days: readonly string[];
    schedules: readonly Schedule[];
    lapses: readonly Lapse[];
    refusals: ReadonlyMap<string, KnownRefusal>;
    backups: ReadonlyMap<string, Run>;
  },
): ServiceReport {
  const days = dayBars(
    known.days,
    known.sources.map(({ id }) => known.observed.get(id) ?? []),
  );
  const uptime = uptimeOf(days);
  const healths = known.sources.map(({ id }) => known.health.get(id));
  const since = healths
    .flatMap((health) => health?.since ?? [])
    .sort()
    .at(-1);
  const state = serviceState(healths, known.incidents);
  const own = new Set(known.sources.map(({ id }) => id));
  const outages = known.outages.filter(({ sourceId }) => own.has(sourceId));
  const changedUnusually =
    state === 'degraded' &&
    outages.length > 0 &&
    outages.every(isOnlySuspicious) &&
    known.incidents.every(({ openedBy }) => openedBy === 'monitoring') &&
    healths.every((health) => health?.state !== 'unreachable');
  return {
    slug: service.slug,
    name: service.name,
    criticality: service.criticality,
    state,
    ...(changedUnusually ? { changedUnusually } : {}),
    ...(since === undefined ? {} : { since }),
    rpoSeconds: service.rpoSeconds,
    rtoSeconds: service.rtoSeconds,
    days,
    ...(uptime === undefined ? {} : { uptime }),
    observedSeconds: observedIn(days),
    sources: known.sources.map((source) =>
      sourceReport(source, {
        health: known.health.get(source.id),
        schedule: scheduledOf(known.schedules, 'backup', source.id),
        drills: scheduledOf(known.schedules, 'drill', source.id),
        refusal: known.refusals.get(source.id),
        backup: known.backups.get(source.id),
      }),
    ),
    promises: known.promises.map((promise) => promiseReport(promise, known.sourceNames, known.changes)),
    lapses: lapseReports(known.lapses, known.sources),
  };
}

const scheduledOf = (schedules: readonly Schedule[], of: 'backup' | 'drill', sourceId: string) =>
  schedules.find(({ kind, subject }) => kind === of && subject === sourceId);

function sourceReport(
  source: ProtectedSource,
  known: {
    readonly health: SourceHealth | undefined;
    readonly schedule: Schedule | undefined;
    readonly drills: Schedule | undefined;
    readonly refusal: KnownRefusal | undefined;
    /** The last good one. */
    readonly backup: Run | undefined;
  },
): SourceReport {
  const { health, schedule, drills, refusal, backup } = known;
  return {
    name: source.name,
    kind: source.kind,
    state: health?.state ?? 'unknown',
    ...(health === undefined ? {} : { checkedAt: health.checkedAt }),
    ...(schedule === undefined ? {} : { schedule: schedule.expression, nextDueAt: schedule.nextDueAt }),
    ...(drills === undefined ? {} : { nextDrillAt: drills.nextDueAt }),
    ...(backup?.recoveryPointAt === undefined || backup.snapshotId === undefined
      ? {}
      : {
          lastBackup: {
            recoveryPointAt: backup.recoveryPointAt,
            bytesRead: backup.bytesRead ?? 0,
            bytesStored: backup.bytesStored ?? 0,
            snapshotId: backup.snapshotId,
          },
        }),
    ...(refusal === undefined ? {} : { heldHistory: heldHistory(refusal) }),
  };
}

function serviceState(
  healths: readonly (SourceHealth | undefined)[],
  incidents: readonly Incident[],
): ServiceState {
  if (incidents.some(({ impact }) => impact === 'outage')) return 'outage';
  if (healths.some((health) => health?.state === 'damaged')) return 'outage';
  if (incidents.length > 0) return 'degraded';
  if (healths.some((health) => health?.state === 'unreachable')) return 'degraded';
  if (healths.length === 0 || healths.some((health) => health === undefined || health.state === 'unknown')) {
    return 'unknown';
  }
  return 'operational';
}

const shownLapses = 20;

function lapseReports(lapses: readonly Lapse[], sources: readonly ProtectedSource[]): LapseReport[] {
  const names = new Map(sources.map(({ id, name }) => [id, name]));
  return lapses
    .flatMap((lapse): LapseReport[] => {
      const source = names.get(lapse.subject);
      const of = lapse.scheduleKind;
      if (source === undefined || (of !== 'backup' && of !== 'drill')) return [];
      const { kind, firstDueAt, lastDueAt, count, reason } = lapse;
      return [{ source, of, kind, firstDueAt, lastDueAt, count, reason }];
    })
    .slice(0, shownLapses);
}

const incidentReport = (incident: Incident, slugs: ReadonlyMap<string, string>): IncidentReport => ({
  id: incident.id,
  title: incident.title,
  state: incident.state,
  impact: incident.impact,
  services: incident.serviceIds.flatMap((id) => slugs.get(id) ?? []),
  openedAt: incident.openedAt,
  ...(incident.resolvedAt === undefined ? {} : { resolvedAt: incident.resolvedAt }),
  ...(incident.estimate === undefined ? {} : { estimate: incident.estimate }),
  ...(incident.restoreBeganAt === undefined ? {} : { restoreBeganAt: incident.restoreBeganAt }),
  updates: incident.updates,
});
