import type { Selectable } from 'kysely';
import type { Catalog } from '../catalog/index.ts';
import {
  type Clock,
  type Database,
  type Emitter,
  InvalidError,
  instant,
  NotFoundError,
  type Reader,
  type Writer,
} from '../platform/index.ts';
import type { Estimate, Estimates } from '../recovery/index.ts';
import type { Incident, IncidentEstimate, IncidentFact } from './incident.ts';
import type { Impact, IncidentRow, IncidentState, IncidentUpdateRow } from './schema.ts';

export interface NewIncident {
  readonly title: string;
  /** Ids or slugs. */
  readonly services: readonly string[];
  readonly impact: Impact;
  /** The first update. */
  readonly text: string;
  readonly state?: Exclude<IncidentState, 'resolved'>;
  /** Sources that must be brought back; the estimate comes from their drills. Default: the services' all. */
  readonly sourceIds?: readonly string[];
}

/** What customers are told about trouble: opened, updated, resolved; nothing told is ever edited. */
export class Incidents {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #events: Emitter<IncidentFact>;
  readonly #catalog: Catalog;
  readonly #estimates: Estimates;

  constructor(options: {
    database: Database;
    clock: Clock;
    events: Emitter<IncidentFact>;
    catalog: Catalog;
    estimates: Estimates;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#catalog = options.catalog;
    this.#estimates = options.estimates;
  }

  /** `within` runs in the transaction of the change, here and in `update`. */
  async open(
    incident: NewIncident & { openedBy?: 'monitoring' | 'person' },
    within?: (transaction: Writer, incident: Incident) => Promise<void>,
  ): Promise<Incident> {
    const serviceIds = await Promise.all(
      incident.services.map(async (name) => (await this.#catalog.service(name)).id),
    );
    if (serviceIds.length === 0)
      throw new InvalidError('services', 'an incident concerns at least one service');
    const sourceIds =
      incident.sourceIds ??
      (await this.#catalog.sources())
        .filter(({ serviceId }) => serviceIds.includes(serviceId))
        .map(({ id }) => id);
    const estimate = await this.#estimates.forSources(sourceIds);
    const now = this.#clock.now();
    const state = incident.state ?? 'investigating';
    const id = await this.#database.change(async (transaction) => {
      const row = await transaction
        .insertInto('incidents')
        .values({
          title: incident.title,
          state,
          impact: incident.impact,
          opened_by: incident.openedBy ?? 'person',
          opened_at: instant(now),
          resolved_at: null,
          estimate: estimate === undefined ? null : JSON.stringify(expectation(estimate, now)),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('incident_services')
        .values(serviceIds.map((service_id) => ({ incident_id: row.id, service_id })))
        .execute();
      await transaction
        .insertInto('incident_updates')
        .values({ incident_id: row.id, at: instant(now), state, text: incident.text })
        .execute();
      if (within !== undefined) await within(transaction, await this.get(row.id, transaction));
      return row.id;
    });
    const opened = await this.get(id);
    this.#events.emit({ type: 'incident.opened', incident: opened });
    return opened;
  }

  /** `estimateFor`: sources still to be brought back, to estimate anew from now. */
  async update(
    id: number,
    update: { text: string; state?: IncidentState; estimateFor?: readonly string[]; impact?: Impact },
    within?: (transaction: Writer, incident: Incident) => Promise<void>,
  ): Promise<Incident> {
    const before = await this.get(id);
    const state = update.state ?? (before.state === 'resolved' ? 'resolved' : before.state);
    const now = this.#clock.now();
    const estimate =
      update.estimateFor === undefined ? undefined : await this.#estimates.forSources(update.estimateFor);
    await this.#database.change(async (transaction) => {
      await transaction
        .updateTable('incidents')
        .set({
          state,
          resolved_at: state === 'resolved' ? (before.resolvedAt ?? instant(now)) : null,
          ...(update.impact === undefined ? {} : { impact: update.impact }),
          ...(estimate === undefined ? {} : { estimate: JSON.stringify(expectation(estimate, now)) }),
        })
        .where('id', '=', id)
        .execute();
      await transaction
        .insertInto('incident_updates')
        .values({ incident_id: id, at: instant(now), state, text: update.text })
        .execute();
      if (within !== undefined) await within(transaction, await this.get(id, transaction));
    });
    const incident = await this.get(id);
    const resolved = state === 'resolved' && before.state !== 'resolved';
    this.#events.emit({ type: resolved ? 'incident.resolved' : 'incident.updated', incident });
    return incident;
  }

  async resolve(id: number, text = 'Everything is back to normal.'): Promise<Incident> {
    return await this.update(id, { state: 'resolved', text });
  }

  async get(id: number, reader: Reader = this.#database.read): Promise<Incident> {
    const rows = await reader.selectFrom('incidents').selectAll().where('id', '=', id).execute();
    const [incident] = await this.#whole(rows, reader);
    if (incident === undefined) throw new NotFoundError(`incident ${id}`);
    return incident;
  }

  /** Open ones first, then the newest. */
  async list(filter: { limit?: number; open?: boolean } = {}): Promise<Incident[]> {
    let query = this.#database.read
      .selectFrom('incidents')
      .selectAll()
      .orderBy((e) => e.case().when('resolved_at', 'is', null).then(0).else(1).end())
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 50);
    if (filter.open === true) query = query.where('resolved_at', 'is', null);
    return await this.#whole(await query.execute());
  }

  /** Newest first; `serviceIds`: of one of these; `beforeId`: older than that incident. */
  async newest(filter: {
    limit: number;
    open?: boolean;
    beforeId?: number;
    serviceIds?: readonly string[];
  }): Promise<Incident[]> {
    const { open, beforeId, serviceIds } = filter;
    let query = this.#database.read
      .selectFrom('incidents')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit);
    if (open === true) query = query.where('resolved_at', 'is', null);
    if (beforeId !== undefined) query = query.where('id', '<', beforeId);
    if (serviceIds !== undefined) {
      query = query.where('id', 'in', (e) =>
        e
          .selectFrom('incident_services')
          .select('incident_id')
          .where('service_id', 'in', [...serviceIds]),
      );
    }
    return await this.#whole(await query.execute());
  }

  /** With what lies in other tables; in the order given. */
  async #whole(
    rows: readonly Selectable<IncidentRow>[],
    read: Reader = this.#database.read,
  ): Promise<Incident[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const [first, last] = [Math.min(...ids), Math.max(...ids)];
    // Where others lie between them they are named; a parameter for each takes longer than its rows.
    const hasOthers = last - first >= ids.length;
    const [updates, services, restores] = await Promise.all([
      read
        .selectFrom('incident_updates')
        .select(['incident_id', 'at', 'state', 'text'])
        .where('incident_id', '>=', first)
        .where('incident_id', '<=', last)
        .$if(hasOthers, (query) => query.where('incident_id', 'in', ids))
        .orderBy('id', 'desc')
        .execute(),
      read
        .selectFrom('incident_services')
        .selectAll()
        .where('incident_id', '>=', first)
        .where('incident_id', '<=', last)
        .$if(hasOthers, (query) => query.where('incident_id', 'in', ids))
        .execute(),
      this.#restoresOf(
        read,
        rows.filter((row) => row.resolved_at === null),
      ),
    ]);
    const updatesOf = Map.groupBy(updates, ({ incident_id }) => incident_id);
    const servicesOf = Map.groupBy(services, ({ incident_id }) => incident_id);
    return rows.map((row) => {
      const { id } = row;
      const concerned = (servicesOf.get(id) ?? []).map(({ service_id }) => service_id);
      const began = restoreThatCounts(restores.filter((restore) => restore.incident_id === id));
      const incident = incidentFrom(row, updatesOf.get(id) ?? [], concerned, began !== undefined);
      return began === undefined ? incident : { ...incident, restoreBeganAt: began.started_at };
    });
  }

  /** Newest first. */
  async #restoresOf(read: Reader, open: readonly { id: number }[]) {
    if (open.length === 0) return [];
    return await read
      .selectFrom('restores')
      .select(['incident_id', 'state', 'started_at'])
      .where(
        'incident_id',
        'in',
        open.map(({ id }) => id),
      )
      .orderBy('id', 'desc')
      .execute();
  }
}

/** One that runs, else the newest when it passed: after one that failed nobody knows when the next begins. */
const restoreThatCounts = <R extends { state: string }>(newestFirst: readonly R[]): R | undefined =>
  newestFirst.find(({ state }) => state === 'running') ??
  newestFirst.slice(0, 1).find(({ state }) => state === 'passed');

const expectation = (estimate: Estimate, from: Date): IncidentEstimate => ({
  seconds: estimate.seconds,
  expectedBackAt: instant(new Date(from.getTime() + estimate.seconds * 1_000)),
  basis: estimate.basis,
});

/** Kept is a time of day in any case; without a restore it counts from nothing. */
function estimateFrom(kept: string, isTimed: boolean): IncidentEstimate {
  const { expectedBackAt, ...untimed } = JSON.parse(kept) as IncidentEstimate;
  return isTimed && expectedBackAt !== undefined ? { ...untimed, expectedBackAt } : untimed;
}

const incidentFrom = (
  row: Selectable<IncidentRow>,
  updates: readonly Pick<Selectable<IncidentUpdateRow>, 'at' | 'state' | 'text'>[],
  serviceIds: readonly string[],
  isTimed: boolean,
): Incident => ({
  id: row.id,
  title: row.title,
  state: row.state,
  impact: row.impact,
  openedBy: row.opened_by,
  openedAt: row.opened_at,
  ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at }),
  serviceIds,
  ...(row.estimate === null ? {} : { estimate: estimateFrom(row.estimate, isTimed) }),
  updates: updates.map(({ at, state, text }) => ({ at, state, text })),
});
