import type { ProbeFinding } from '@octobox/sources';
import type { Selectable } from 'kysely';
import type { ProtectedSource } from '../catalog/index.ts';
import {
  type Clock,
  type Database,
  type Emitter,
  type Instant,
  instant,
  type Log,
  type Writer,
} from '../platform/index.ts';
import type { MonitoringFact, Outage, SourceHealth } from './facts.ts';
import type { OutageRow } from './schema.ts';

/** One missed answer may be the network; data that is gone is believed at once. */
const unreachableConfirmations = 2;
export const recoveryConfirmations = 2;
export const keptFindings = 50;

interface Options {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: Emitter<MonitoringFact>;
}

/** The book of outages: stretches of time in which a source was away, lacked something, or was under suspicion. */
export class Outages {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: Emitter<MonitoringFact>;

  constructor({ database, clock, log, events }: Options) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
  }

  /** Newest first. */
  async list(filter: { sourceId?: string; open?: boolean; limit?: number } = {}): Promise<Outage[]> {
    let query = this.#database.read
      .selectFrom('outages')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(filter.limit ?? 200);
    if (filter.sourceId !== undefined) query = query.where('source_id', '=', filter.sourceId);
    if (filter.open === true) query = query.where('state', '=', 'open');
    return (await query.execute()).map(outageFrom);
  }

  /** Of each source, by its id, those that go on and those that ended after its time in `since`; newest first. */
  async endedSince(since: ReadonlyMap<string, Instant>): Promise<ReadonlyMap<string, Outage[]>> {
    if (since.size === 0) return new Map();
    const earliest = [...since.values()].sort()[0] ?? '';
    const rows = await this.#database.read
      .selectFrom('outages')
      .selectAll()
      .where('source_id', 'in', [...since.keys()])
      .where((e) => e.or([e('ended_at', 'is', null), e('ended_at', '>', earliest)]))
      .orderBy('id', 'desc')
      .execute();
    const told = rows.filter(
      ({ source_id, ended_at }) => ended_at === null || ended_at > (since.get(source_id) ?? ''),
    );
    return Map.groupBy(told.map(outageFrom), ({ sourceId }) => sourceId);
  }

  /** The one that goes on. */
  async openOf(sourceId: string): Promise<Outage | undefined> {
    const row = await openRow(this.#database.read, sourceId);
    return row === undefined ? undefined : outageFrom(row);
  }

  /** Whether the source is known to lack something at this moment. */
  async isDamaged(sourceId: string): Promise<boolean> {
    return (await this.openOf(sourceId))?.kind === 'damaged';
  }

  /** What follows from a probe that found the source so for the `streak`th time in a row. */
  async keep(
    transaction: Writer,
    { health, streak }: { readonly health: SourceHealth; readonly streak: number },
    referenceSnapshotId: string | undefined,
    now: Date,
  ): Promise<MonitoringFact | undefined> {
    const open = await openRow(transaction, health.sourceId);
    const suspicions = open === undefined ? [] : suspicionsOf(open);
    if (health.state === 'ok') {
      if (open === undefined || streak < recoveryConfirmations) return undefined;
      // A probe cannot tell that encrypted files are well again: a person or a restore does.
      if (suspicions.length > 0) {
        const left = { findings: JSON.stringify(suspicions) };
        if (left.findings !== open.findings)
          await transaction.updateTable('outages').set(left).where('id', '=', open.id).execute();
        return undefined;
      }
      const ended = { state: 'ended' as const, ended_at: instant(now) };
      await transaction.updateTable('outages').set(ended).where('id', '=', open.id).execute();
      return { type: 'outage.ended', outage: outageFrom({ ...open, ...ended }) };
    }
    if (open !== undefined) {
      // What was unreachable may turn out to be damaged; the snapshot compared with stays the same.
      const kind = health.state === 'damaged' ? ('damaged' as const) : open.kind;
      await transaction
        .updateTable('outages')
        .set({
          kind,
          findings:
            health.state === 'damaged' ? JSON.stringify([...suspicions, ...health.findings]) : open.findings,
        })
        .where('id', '=', open.id)
        .execute();
      return undefined;
    }
    if (health.state === 'unreachable' && streak < unreachableConfirmations) return undefined;
    const row = await transaction
      .insertInto('outages')
      .values({
        source_id: health.sourceId,
        kind: health.state === 'damaged' ? 'damaged' : 'unreachable',
        state: 'open',
        started_at: health.since,
        ended_at: null,
        reference_snapshot_id: referenceSnapshotId ?? null,
        findings: JSON.stringify(health.findings),
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
    referenceSnapshotId: string | undefined,
  ): Promise<void> {
    const seen = instant(this.#clock.now()).slice(0, 16).replace('T', ' ');
    const fresh: ProbeFinding[] = signs.map(({ summary }) => ({
      kind: 'suspicious',
      object: `backup of ${source.name}`,
      summary: `backup of ${seen} UTC: ${summary}`,
    }));
    const started = await this.#database.change(async (transaction) => {
      const open = await openRow(transaction, source.id);
      if (open !== undefined) {
        const known = JSON.parse(open.findings) as ProbeFinding[];
        const all = [...suspicionsOf(open), ...fresh, ...known.filter(({ kind }) => kind !== 'suspicious')];
        const half = keptFindings / 2;
        const kept = all.length > keptFindings ? [...all.slice(0, half), ...all.slice(-half)] : all;
        const findings = JSON.stringify(kept);
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
          reference_snapshot_id: referenceSnapshotId ?? null,
          findings: JSON.stringify(fresh),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    this.#log.warn({ source: source.id, signs: signs.map(({ summary }) => summary) }, 'backup.suspicious');
    if (started !== undefined) this.#events.emit({ type: 'outage.started', outage: outageFrom(started) });
  }

  /** What a source is, or was, compared with has another id from now on. */
  async replaceReference(transaction: Writer, old: string, id: string): Promise<void> {
    await transaction
      .updateTable('outages')
      .set({ reference_snapshot_id: id })
      .where('reference_snapshot_id', '=', old)
      .execute();
  }

  /** Whether signs of an intrusion stand that neither a person nor a restore has settled. */
  async isUnderSuspicion(sourceId: string): Promise<boolean> {
    const open = await this.openOf(sourceId);
    return open?.findings.some(({ kind }) => kind === 'suspicious') ?? false;
  }

  /** The source was restored from before: what the probes find decides again. */
  async settleSuspicion(sourceId: string): Promise<void> {
    await this.#database.change(async (transaction) => {
      const open = await openRow(transaction, sourceId);
      if (open === undefined) return;
      const left = (JSON.parse(open.findings) as ProbeFinding[]).filter(({ kind }) => kind !== 'suspicious');
      await transaction
        .updateTable('outages')
        .set({ findings: JSON.stringify(left) })
        .where('id', '=', open.id)
        .execute();
    });
  }

  /** A person says that what is missing was meant to go: the outage ends, and backups count again. */
  async accept(
    outageId: number,
    within: (transaction: Writer, outage: Outage) => Promise<void> = async () => {},
  ): Promise<Outage | undefined> {
    const outage = await this.#database.change(async (transaction) => {
      const row = await transaction
        .updateTable('outages')
        .set({ state: 'accepted', ended_at: instant(this.#clock.now()) })
        .where('id', '=', outageId)
        .where('state', '=', 'open')
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const accepted = outageFrom(row);
      await within(transaction, accepted);
      return accepted;
    });
    if (outage === undefined) return undefined;
    this.#events.emit({ type: 'outage.ended', outage });
    return outage;
  }

  /**
   * What a person accepted as gone stays accepted until a newer snapshot is the reference; of what has shrunk, as long
   * as no more than half of what was left then is lost as well.
   */
  async notAccepted(
    sourceId: string,
    reference: string | undefined,
    found: readonly ProbeFinding[],
  ): Promise<ProbeFinding[]> {
    if (reference === undefined || found.length === 0) return [...found];
    const rows = await this.#database.read
      .selectFrom('outages')
      .select('findings')
      .where('source_id', '=', sourceId)
      .where('state', '=', 'accepted')
      .where('reference_snapshot_id', '=', reference)
      .execute();
    const accepted = rows.flatMap((row) => JSON.parse(row.findings) as ProbeFinding[]);
    const covers = (each: ProbeFinding, { kind, object, lostShare = 0 }: ProbeFinding): boolean => {
      const { lostShare: before = 1 } = each;
      return each.kind === kind && each.object === object && lostShare <= (before + 1) / 2;
    };
    return found.filter(
      (finding) => finding.kind === 'unreachable' || !accepted.some((each) => covers(each, finding)),
    );
  }
}

const openRow = async (
  database: Pick<Writer, 'selectFrom'>,
  sourceId: string,
): Promise<Selectable<OutageRow> | undefined> =>
  await database
    .selectFrom('outages')
    .selectAll()
    .where('source_id', '=', sourceId)
    .where('state', '=', 'open')
    .executeTakeFirst();

const suspicionsOf = (outage: { readonly findings: string }): ProbeFinding[] =>
  (JSON.parse(outage.findings) as ProbeFinding[]).filter(({ kind }) => kind === 'suspicious');

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
