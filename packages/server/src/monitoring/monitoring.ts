import type { ProbeFinding, ProbeReport } from '@octobox/sources';
import type { Selectable } from 'kysely';
import type { Catalog, ProtectedSource } from '../catalog/index.ts';
import {
  beat,
  type Clock,
  type Database,
  describeFailure,
  type Emitter,
  type Instant,
  instant,
  type Log,
  lastBeat,
  Recurring,
  type Writer,
} from '../platform/index.ts';
import type { HealthDay, MonitoringFact, Outage, SourceHealth } from './health.ts';
import { secondsByDay } from './observed-days.ts';
import type { HealthState, OutageRow, SourceHealthRow } from './schema.ts';

/** Looks at a source and compares it with a snapshot (undefined: only whether it is there). */
export type Prober = (
  source: ProtectedSource,
  referenceSnapshotId: string | undefined,
  signal: AbortSignal,
) => Promise<ProbeReport>;

const beatName = 'monitoring';
/** One missed answer may be the network; data that is gone is believed at once. */
const unreachableConfirmations = 2;
export const recoveryConfirmations = 2;
const keptFindings = 50;
/** A probe that hangs says nothing; it is given up and counts as unreachable. */
const probeTimeoutMs = 30_000;

/**
 * Watches the sources themselves: every interval each is probed; silence and losses become outages.
 *
 * While a source is damaged it is compared with the snapshot from before, because a backup taken
 * meanwhile would make the loss look normal.
 */
export class Monitoring {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: Emitter<MonitoringFact>;
  readonly #catalog: Catalog;
  readonly #intervalMs: number;
  readonly #reference: (sourceId: string) => Promise<string | undefined>;
  readonly #probe: Prober;
  readonly recurring: Recurring;

  constructor(options: {
    database: Database;
    clock: Clock;
    log: Log;
    events: Emitter<MonitoringFact>;
    catalog: Catalog;
    intervalMs: number;
    /** The newest snapshot of a source that was taken while it was whole. */
    reference: (sourceId: string) => Promise<string | undefined>;
    probe: Prober;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#events = options.events;
    this.#catalog = options.catalog;
    this.#intervalMs = options.intervalMs;
    this.#reference = options.reference;
    this.#probe = options.probe;
    this.recurring = new Recurring({
      everyMs: options.intervalMs,
      clock: options.clock,
      log: options.log,
      failure: 'the monitoring cannot work',
      turn: (stop) => this.round(stop),
    });
  }

  /** Probes every source once. */
  async round(stop: AbortSignal = new AbortController().signal): Promise<void> {
    await this.#database.change((transaction) =>
      beat(transaction, beatName, this.#clock, this.#intervalMs * 3),
    );
    const sources = await this.#catalog.sources();
    await Promise.all(sources.map((source) => this.lookAt(source, stop)));
  }

  /** Probes one source now, and keeps the result. */
  async lookAt(source: ProtectedSource, stop: AbortSignal): Promise<void> {
    const open = await this.#openOutage(source.id);
    const reference = open?.referenceSnapshotId ?? (await this.#reference(source.id));
    let report: ProbeReport;
    try {
      const timeout = AbortSignal.timeout(probeTimeoutMs);
      report = await this.#probe(source, reference, AbortSignal.any([stop, timeout]));
    } catch (error) {
      if (stop.aborted) return;
      const failure = describeFailure(error);
      // The password did not open, so nothing was asked of the source: not down, and unknown before long.
      if (failure.code.startsWith('server.vault-')) {
        this.#log.warn({ source: source.id, error: failure }, 'the source cannot be looked at');
        return;
      }
      report = {
        reachable: false,
        findings: [{ kind: 'unreachable', object: source.name, summary: failure.message }],
      };
    }
    await this.record(source.id, report, reference);
  }

  /** Keeps the result of one probe, and what follows from it. */
  async record(sourceId: string, report: ProbeReport, referenceSnapshotId?: string): Promise<void> {
    const now = this.#clock.now();
    const accepted = await this.#acceptedObjects(sourceId, referenceSnapshotId);
    const findings = report.findings
      .filter(
        (finding) => finding.kind === 'unreachable' || !accepted.has(`${finding.kind} ${finding.object}`),
      )
      .slice(0, keptFindings);
    const state: HealthState = !report.reachable ? 'unreachable' : findings.length > 0 ? 'damaged' : 'ok';
    const facts: MonitoringFact[] = [];
    await this.#database.change(async (transaction) => {
      const before = await transaction
        .selectFrom('source_health')
        .selectAll()
        .where('source_id', '=', sourceId)
        .executeTakeFirst();
      const health = await this.#keepHealth(transaction, sourceId, state, findings, before, now);
      await this.#keepDays(transaction, sourceId, state, before, now);
      facts.push({ type: 'source.probed', health: healthFrom(health) });
      const outage = await this.#keepOutage(transaction, health, referenceSnapshotId, now);
      if (outage !== undefined) facts.push(outage);
    });
    for (const fact of facts) {
      if (fact.type !== 'source.probed')
        this.#log.warn({ outage: fact.outage.id, source: sourceId }, fact.type);
      this.#events.emit(fact);
    }
  }

  async #keepHealth(
    transaction: Writer,
    sourceId: string,
    state: HealthState,
    findings: readonly ProbeFinding[],
    before: Selectable<SourceHealthRow> | undefined,
    now: Date,
  ): Promise<Selectable<SourceHealthRow>> {
    const same = before?.state === state;
    const row = {
      source_id: sourceId,
      state,
      since: same ? before.since : instant(now),
      checked_at: instant(now),
      streak: same ? Math.min(before.streak + 1, 1_000) : 1,
      findings: JSON.stringify(findings),
    };
    await transaction
      .insertInto('source_health')
      .values(row)
      .onConflict((conflict) => conflict.column('source_id').doUpdateSet(row))
      .execute();
    return row;
  }

  /** The time since the probe before belongs to the worse of both results; longer gaps to neither. */
  async #keepDays(
    transaction: Writer,
    sourceId: string,
    state: HealthState,
    before: Selectable<SourceHealthRow> | undefined,
    now: Date,
  ): Promise<void> {
    if (before === undefined) return;
    const from = Date.parse(before.checked_at);
    const gap = now.getTime() - from;
    if (gap <= 0 || gap > Math.max(this.#intervalMs * 2.5, this.#intervalMs + probeTimeoutMs)) return;
    const up = state === 'ok' && before.state === 'ok';
    for (const [day, seconds] of secondsByDay(from, now.getTime())) {
      const add = { up_seconds: up ? seconds : 0, down_seconds: up ? 0 : seconds };
      await transaction
        .insertInto('health_days')
        .values({ source_id: sourceId, day, ...add })
        .onConflict((conflict) =>
          conflict.columns(['source_id', 'day']).doUpdateSet((e) => ({
            up_seconds: e('health_days.up_seconds', '+', add.up_seconds),
            down_seconds: e('health_days.down_seconds', '+', add.down_seconds),
          })),
        )
        .execute();
    }
  }

  async #keepOutage(
    transaction: Writer,
    health: Selectable<SourceHealthRow>,
    referenceSnapshotId: string | undefined,
    now: Date,
  ): Promise<MonitoringFact | undefined> {
    const open = await transaction
      .selectFrom('outages')
      .selectAll()
      .where('source_id', '=', health.source_id)
      .where('state', '=', 'open')
      .executeTakeFirst();
    const suspicions = open === undefined ? [] : suspicionsOf(open);
    if (health.state === 'ok') {
      if (open === undefined || health.streak < recoveryConfirmations) return undefined;
      // A probe cannot tell that encrypted files are well again: a person or a restore does.
      if (suspicions.length > 0) return undefined;
      const ended = { state: 'ended' as const, ended_at: instant(now) };
      await transaction.updateTable('outages').set(ended).where('id', '=', open.id).execute();
      return { type: 'outage.ended', outage: outageFrom({ ...open, ...ended }) };
    }
    if (open !== undefined) {
      // What was unreachable may turn out to be damaged; the snapshot compared with stays the same.
      const kind = health.state === 'damaged' ? ('damaged' as const) : open.kind;
      const lacking = JSON.parse(health.findings) as ProbeFinding[];
      await transaction
        .updateTable('outages')
        .set({
          kind,
          findings: health.state === 'damaged' ? JSON.stringify([...suspicions, ...lacking]) : open.findings,
        })
        .where('id', '=', open.id)
        .execute();
      return undefined;
    }
    if (health.state === 'unreachable' && health.streak < unreachableConfirmations) return undefined;
    const row = await transaction
      .insertInto('outages')
      .values({
        source_id: health.source_id,
        kind: health.state === 'damaged' ? 'damaged' : 'unreachable',
        state: 'open',
        started_at: health.since,
        ended_at: null,
        reference_snapshot_id: referenceSnapshotId ?? null,
        findings: health.findings,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { type: 'outage.started', outage: outageFrom(row) };
  }

  /**
   * A backup of the source shows signs of an intrusion: an outage of the kind `damaged` that no probe ends, only a
   * person who accepts the change, or a restore. The snapshot compared with is the last good one from before.
   */
  async suspect(
    source: Pick<ProtectedSource, 'id' | 'name'>,
    signs: readonly { readonly summary: string }[],
  ): Promise<void> {
    const reference = await this.#reference(source.id);
    const fresh: ProbeFinding[] = signs.map(({ summary }) => ({
      kind: 'suspicious',
      object: `backup of ${source.name}`,
      summary,
    }));
    const started = await this.#database.change(async (transaction) => {
      const open = await transaction
        .selectFrom('outages')
        .selectAll()
        .where('source_id', '=', source.id)
        .where('state', '=', 'open')
        .executeTakeFirst();
      if (open !== undefined) {
        const known = JSON.parse(open.findings) as ProbeFinding[];
        const findings = JSON.stringify([...known, ...fresh].slice(-keptFindings));
        await transaction
          .updateTable('outages')
          .set({ kind: 'damaged', findings })
          .where('id', '=', open.id)
          .execute();
        return undefined;
      }
      return await transaction
        .insertInto('outages')
        .values({
          source_id: source.id,
          kind: 'damaged',
          state: 'open',
          started_at: instant(this.#clock.now()),
          ended_at: null,
          reference_snapshot_id: reference ?? null,
          findings: JSON.stringify(fresh),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    this.#log.warn({ source: source.id, signs: signs.map(({ summary }) => summary) }, 'backup.suspicious');
    if (started !== undefined) this.#events.emit({ type: 'outage.started', outage: outageFrom(started) });
  }

  /** Whether signs of an intrusion stand that neither a person nor a restore has settled. */
  async isUnderSuspicion(sourceId: string): Promise<boolean> {
    const open = await this.#openOutage(sourceId);
    return open?.findings.some(({ kind }) => kind === 'suspicious') ?? false;
  }

  /** The source was restored from before: what the probes find decides again. */
  async settleSuspicion(sourceId: string): Promise<void> {
    await this.#database.change(async (transaction) => {
      const open = await transaction
        .selectFrom('outages')
        .selectAll()
        .where('source_id', '=', sourceId)
        .where('state', '=', 'open')
        .executeTakeFirst();
      if (open === undefined) return;
      const left = (JSON.parse(open.findings) as ProbeFinding[]).filter(({ kind }) => kind !== 'suspicious');
      await transaction
        .updateTable('outages')
        .set({ findings: JSON.stringify(left) })
        .where('id', '=', open.id)
        .execute();
    });
  }

  /** What a person accepted as gone stays accepted until a newer snapshot is the reference. */
  async #acceptedObjects(sourceId: string, reference: string | undefined): Promise<Set<string>> {
    if (reference === undefined) return new Set();
    const rows = await this.#database.read
      .selectFrom('outages')
      .select('findings')
      .where('source_id', '=', sourceId)
      .where('state', '=', 'accepted')
      .where('reference_snapshot_id', '=', reference)
      .execute();
    const findings = rows.flatMap((row) => JSON.parse(row.findings) as ProbeFinding[]);
    return new Set(findings.map((finding) => `${finding.kind} ${finding.object}`));
  }

  /** A person says that what is missing was meant to go: the outage ends, and backups count again. */
  async acceptChange(outageId: number): Promise<Outage | undefined> {
    const row = await this.#database.change(async (transaction) =>
      transaction
        .updateTable('outages')
        .set({ state: 'accepted', ended_at: instant(this.#clock.now()) })
        .where('id', '=', outageId)
        .where('state', '=', 'open')
        .returningAll()
        .executeTakeFirst(),
    );
    if (row === undefined) return undefined;
    const outage = outageFrom(row);
    this.#events.emit({ type: 'outage.ended', outage });
    return outage;
  }

  async #openOutage(sourceId: string): Promise<Outage | undefined> {
    const row = await this.#database.read
      .selectFrom('outages')
      .selectAll()
      .where('source_id', '=', sourceId)
      .where('state', '=', 'open')
      .executeTakeFirst();
    return row === undefined ? undefined : outageFrom(row);
  }

  /** Whether the source is known to lack something at this moment. */
  async isDamaged(sourceId: string): Promise<boolean> {
    return (await this.#openOutage(sourceId))?.kind === 'damaged';
  }

  /** Newest first. */
  async outages(filter: { sourceId?: string; open?: boolean; limit?: number } = {}): Promise<Outage[]> {
    let query = this.#database.read
      .selectFrom('outages')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 200);
    if (filter.sourceId !== undefined) query = query.where('source_id', '=', filter.sourceId);
    if (filter.open === true) query = query.where('state', '=', 'open');
    return (await query.execute()).map(outageFrom);
  }

  /** As last probed; a result that is older than three intervals says nothing any more. */
  async health(): Promise<Map<string, SourceHealth>> {
    const rows = await this.#database.read.selectFrom('source_health').selectAll().execute();
    const now = this.#clock.now().getTime();
    const stale = this.#intervalMs * 3 + probeTimeoutMs;
    return new Map(
      rows.map((row) => {
        const health = healthFrom(row);
        const silent = now - Date.parse(health.checkedAt) > stale;
        return [health.sourceId, silent ? { ...health, state: 'unknown', since: health.checkedAt } : health];
      }),
    );
  }

  async days(since: string): Promise<Map<string, HealthDay[]>> {
    const rows = await this.#database.read
      .selectFrom('health_days')
      .selectAll()
      .where('day', '>=', since)
      .orderBy('day')
      .execute();
    const bySource = new Map<string, HealthDay[]>();
    for (const row of rows) {
      const days = bySource.get(row.source_id) ?? [];
      days.push({ day: row.day, upSeconds: row.up_seconds, downSeconds: row.down_seconds });
      bySource.set(row.source_id, days);
    }
    return bySource;
  }

  async lastBeat(): Promise<Instant | undefined> {
    return await lastBeat(this.#database, beatName);
  }
}

const suspicionsOf = (outage: { readonly findings: string }): ProbeFinding[] =>
  (JSON.parse(outage.findings) as ProbeFinding[]).filter(({ kind }) => kind === 'suspicious');

const healthFrom = (row: Selectable<SourceHealthRow>): SourceHealth => ({
  sourceId: row.source_id,
  state: row.state,
  since: row.since,
  checkedAt: row.checked_at,
  findings: JSON.parse(row.findings) as ProbeFinding[],
});

const outageFrom = (row: Selectable<OutageRow>): Outage => ({
  id: row.id,
  sourceId: row.source_id,
  kind: row.kind,
  state: row.state,
  startedAt: row.started_at,
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  ...(row.reference_snapshot_id === null ? {} : { referenceSnapshotId: row.reference_snapshot_id }),
  findings: JSON.parse(row.findings) as ProbeFinding[],
});
