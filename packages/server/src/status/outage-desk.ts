import type { Catalog, Service } from '../catalog/index.ts';
import type { Monitoring, Outage } from '../monitoring/index.ts';
import {
  type Clock,
  type Database,
  formatDuration,
  type Instant,
  instant,
  type Log,
  Recurring,
  type Writer,
} from '../platform/index.ts';
import type { Recoveries, Restore } from '../recovery/index.ts';
import { countFindings } from './finding-counts.ts';
import type { Incident } from './incident.ts';
import type { Incidents } from './incidents.ts';
import { isOnlySuspicious, isSuspicion } from './only-suspicious.ts';
import type { Impact, IncidentState } from './schema.ts';

/** Outages are told when they begin; this finds those whose telling was interrupted. */
const reconcileEveryMs = 30_000;

/**
 * Turns outages into incidents. It compares what monitoring recorded with what was told and says what is
 * missing, so that a crash between the two loses nothing and a repetition says nothing twice.
 */
export class OutageDesk {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #catalog: Catalog;
  readonly #monitoring: Monitoring;
  readonly #recoveries: Recoveries;
  readonly #incidents: Incidents;
  #turn: Promise<void> = Promise.resolve();
  readonly recurring: Recurring;

  constructor(options: {
    database: Database;
    clock: Clock;
    catalog: Catalog;
    monitoring: Monitoring;
    recoveries: Recoveries;
    incidents: Incidents;
    log: Log;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#catalog = options.catalog;
    this.#monitoring = options.monitoring;
    this.#recoveries = options.recoveries;
    this.#incidents = options.incidents;
    this.recurring = new Recurring({
      everyMs: reconcileEveryMs,
      clock: options.clock,
      log: options.log,
      failure: 'incidents cannot be reconciled',
      turn: () => this.reconcile(),
    });
  }

  /** Says what has not been said yet; one at a time, in order. */
  reconcile(): Promise<void> {
    const next = this.#turn.then(() => this.#reconcile());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #reconcile(): Promise<void> {
    const open = await this.#monitoring.outages.list({ open: true });
    const told = await this.#toldOutages();
    const untold = open.filter((outage) => !told.has(outage.id));
    const sources = await this.#catalog.sources();
    for (const service of await this.#catalog.services()) {
      const own = new Set(sources.filter((source) => source.serviceId === service.id).map(({ id }) => id));
      const fresh = untold.filter((outage) => own.has(outage.sourceId));
      if (fresh.length > 0) await this.#tell(service, fresh);
    }
    await this.#closeEnded();
  }

  async #tell(service: Service, outages: readonly Outage[]): Promise<void> {
    const current = await this.#incidentOf(service);
    const text = (await Promise.all(outages.map((outage) => this.#describe(outage)))).join(' ');
    // In one transaction with what is told, so that nothing is linked without having been told.
    const link = async (transaction: Writer, incidentId: number): Promise<void> => {
      await transaction
        .insertInto('incident_outages')
        .values(outages.map(({ id }) => ({ incident_id: incidentId, outage_id: id })))
        .execute();
    };
    const sourceIds = outages.map(({ sourceId }) => sourceId);
    if (current !== undefined) {
      const affected = [...new Set([...(await this.#openSourcesOf(current.id)), ...sourceIds])];
      const worse = current.impact === 'degraded' && impactOf(outages) === 'outage';
      await this.#incidents.update(
        current.id,
        { text, estimateFor: affected, ...(worse ? { impact: 'outage' as const } : {}) },
        (transaction) => link(transaction, current.id),
      );
      return;
    }
    const damaged = outages.some(({ kind }) => kind === 'damaged');
    await this.#incidents.open(
      {
        title: `${service.name}: ${titleOf(outages)}`,
        services: [service.id],
        impact: impactOf(outages),
        state: damaged ? 'identified' : 'investigating',
        text,
        sourceIds,
        openedBy: 'monitoring',
      },
      (transaction, { id }) => link(transaction, id),
    );
  }

  /** Counts by kind of object: the names of a company's tables are not the public's business. */
  async #describe(outage: Outage): Promise<string> {
    const source = await this.#catalog.source(outage.sourceId);
    if (outage.kind === 'unreachable') return `${source.name} does not answer.`;
    const lacking = outage.findings.filter((finding) => !isSuspicion(finding));
    const sentences: string[] = [];
    // Without the numbers: they would tell an intruder what is watched.
    if (lacking.length < outage.findings.length)
      sentences.push(
        `The last backup of ${source.name} is unlike those before it. The ones before are kept, and we look into it.`,
      );
    if (lacking.length > 0)
      sentences.push(
        outage.referenceSnapshotId === undefined
          ? `${source.name} was never backed up, and is not all there: ${countFindings(lacking)}.`
          : `${source.name} answers, but lacks what the last backup holds: ${countFindings(lacking)}.`,
      );
    return sentences.join(' ');
  }

  async #closeEnded(): Promise<void> {
    for (const incident of await this.#incidents.list({ open: true })) {
      if (incident.openedBy !== 'monitoring') continue;
      const outages = await this.#outagesOf(incident.id);
      if (outages.length === 0 || outages.some(isStillOpen)) continue;
      // Probes see that everything is there before the restore has verified it.
      if (await this.#isBeingRestored(outages.map(({ sourceId }) => sourceId))) continue;
      await this.#tellRestores(incident, outages);
      await this.#incidents.resolve(incident.id, resolution(outages));
    }
  }

  /** Those that ended on another node, or whose process died before it told. */
  async #tellRestores(incident: Incident, outages: readonly (ToldOutage & { sourceId: string })[]) {
    const watched = new Set(
      outages.filter(({ removedAt }) => removedAt === null).map((told) => told.sourceId),
    );
    const restores = await this.#recoveries.restores({ incidentId: incident.id });
    for (const restore of restores.reverse()) {
      if (watched.has(restore.sourceId)) await this.restoreEnded(restore);
    }
  }

  /** A restore that begins or ends belongs to the incident of its source. */
  async restoreBegan(restore: Restore): Promise<Incident | undefined> {
    const incident = await this.incidentOfSource(restore.sourceId);
    if (incident === undefined) return undefined;
    const source = await this.#catalog.source(restore.sourceId);
    return await this.#incidents.update(incident.id, {
      state: 'identified',
      text: `Restoring ${source.name} from the backup of ${clockTime(restore.recoveryPointAt)}.`,
      estimateFor: await this.#openSourcesOf(incident.id),
    });
  }

  /** Once, whoever comes first: the process that restored, or who closes the incident. */
  async restoreEnded(restore: Restore): Promise<Incident | undefined> {
    const incident = await this.incidentOfSource(restore.sourceId);
    if (incident === undefined || restore.state === 'running') return undefined;
    try {
      return await this.#incidents.update(incident.id, await this.#endOf(restore, incident), (transaction) =>
        tellOnce(transaction, incident, restore),
      );
    } catch (error) {
      if (error === alreadyTold) return undefined;
      throw error;
    }
  }

  async #endOf(restore: Restore, incident: Incident): Promise<{ state?: IncidentState; text: string }> {
    const source = await this.#catalog.source(restore.sourceId);
    if (restore.state !== 'passed') {
      return { text: `The restore of ${source.name} did not succeed; we are working on it.` };
    }
    const lost =
      restore.recoveryPointAt === undefined
        ? ''
        : ` Changes made between ${clockTime(restore.recoveryPointAt)} and ${clockTime(putBackAt(restore))} are not in the backup.`;
    const others = (await this.#openSourcesOf(incident.id)).filter((id) => id !== restore.sourceId);
    return {
      state: others.length > 0 ? 'identified' : 'monitoring',
      text: `${source.name} is restored and verified after ${formatDuration(restore.recoverySeconds ?? 0)}.${lost}`,
    };
  }

  /** The open incident that monitoring opened for what is wrong with this source. */
  async incidentOfSource(sourceId: string): Promise<Incident | undefined> {
    for (const incident of await this.#incidents.list({ open: true })) {
      const outages = await this.#outagesOf(incident.id);
      if (outages.some((outage) => outage.sourceId === sourceId)) return incident;
    }
    return undefined;
  }

  async #incidentOf(service: Service): Promise<Incident | undefined> {
    const open = await this.#incidents.list({ open: true });
    return open.find(
      (incident) => incident.openedBy === 'monitoring' && incident.serviceIds.includes(service.id),
    );
  }

  async #toldOutages(): Promise<Set<number>> {
    const rows = await this.#database.read
      .selectFrom('incident_outages')
      .innerJoin('outages', 'outages.id', 'incident_outages.outage_id')
      .select('outage_id')
      .where('outages.state', '=', 'open')
      .execute();
    return new Set(rows.map((row) => row.outage_id));
  }

  async #outagesOf(incidentId: number) {
    return await this.#database.read
      .selectFrom('incident_outages')
      .innerJoin('outages', 'outages.id', 'incident_outages.outage_id')
      .innerJoin('sources', 'sources.id', 'outages.source_id')
      .select([
        'outages.source_id as sourceId',
        'outages.state',
        'outages.started_at as startedAt',
        'sources.removed_at as removedAt',
      ])
      .where('incident_id', '=', incidentId)
      .orderBy('outages.id', 'desc')
      .execute();
  }

  async #isBeingRestored(sourceIds: readonly string[]): Promise<boolean> {
    const running = await this.#database.read
      .selectFrom('restores')
      .select('id')
      .where('source_id', 'in', [...sourceIds])
      .where('state', '=', 'running')
      .executeTakeFirst();
    return running !== undefined;
  }

  async #openSourcesOf(incidentId: number): Promise<string[]> {
    const outages = (await this.#outagesOf(incidentId)).reverse();
    return [...new Set(outages.filter(isStillOpen).map(({ sourceId }) => sourceId))];
  }
}

const alreadyTold = new Error('the end of this restore is told');

/** @throws alreadyTold, and nothing of the transaction remains */
async function tellOnce(transaction: Writer, incident: Incident, restore: Restore): Promise<void> {
  const { numInsertedOrUpdatedRows: told = 0n } = await transaction
    .insertInto('incident_restores')
    .values({ incident_id: incident.id, restore_id: restore.id })
    .onConflict((conflict) => conflict.column('restore_id').doNothing())
    .executeTakeFirstOrThrow();
  if (told === 0n) throw alreadyTold;
}

interface ToldOutage {
  readonly state: string;
  /** Of its source: nobody looks at that any more. */
  readonly removedAt: Instant | null;
}

const isStillOpen = ({ state, removedAt }: ToldOutage): boolean => state === 'open' && removedAt === null;

function resolution(outages: readonly ToldOutage[]): string {
  if (outages.some(({ state }) => state === 'open')) {
    return 'What was affected is not watched any more: it was taken out of the service.';
  }
  return outages.every(({ state }) => state === 'accepted')
    ? 'The change was intended; nothing is missing.'
    : 'Everything is there again and answers.';
}

/** What is only suspicious answers, and nothing of it is known to be missing. */
const impactOf = (outages: readonly Outage[]): Impact =>
  outages.every(isOnlySuspicious) ? 'degraded' : 'outage';

function titleOf(outages: readonly Outage[]): string {
  const damaged = outages.filter(({ kind }) => kind === 'damaged');
  if (damaged.length === 0) return 'not reachable';
  return damaged.every(isOnlySuspicious) ? 'a backup looks suspicious' : 'data is missing';
}

/** To the second: between two such times changes may be lost. */
const clockTime = (at: string | undefined): string =>
  at === undefined ? 'an unknown time' : `${at.slice(0, 19).replace('T', ' ')} UTC`;

/** The moment in which the snapshot took the place of the live source; what was changed until then is gone. */
const putBackAt = ({ startedAt, restoreSeconds }: Restore): Instant =>
  instant(new Date(Date.parse(startedAt) + (restoreSeconds ?? 0) * 1_000));
