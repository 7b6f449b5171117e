import type { RemovalCheck } from '../audit/index.ts';
import type { Runs } from '../backup/index.ts';
import type { Catalog, ProtectedSource, Service } from '../catalog/index.ts';
import type { BookCheck } from '../credentials/index.ts';
import type { RowCheck } from '../identity/index.ts';
import type { KitWatch } from '../kits/index.ts';
import type { Monitoring } from '../monitoring/index.ts';
import type { OffSite, SourceOffSite } from '../offsite/index.ts';
import {
  type Clock,
  type Database,
  type Emitter,
  Held,
  type Instant,
  instant,
  type Log,
  Recurring,
  type Scheduler,
} from '../platform/index.ts';
import { estimateOf, type Recoveries } from '../recovery/index.ts';
import { judgeRows, rowsPromise } from './accounts-unaltered.ts';
import { judgeRemovals, removalsPromise } from './audit-log-kept.ts';
import { freshnessPromise, judgeFreshness } from './backup-fresh.ts';
import { judgeOffSiteCopy, offSitePromise, placeOf } from './off-site-copy.ts';
import { judgeOpenings, openingsPromise } from './opened-by-leave.ts';
import { type KeptPromise, type PromiseChange, subjectOf, type TrustFact } from './promise.ts';
import { allChanges, recentChanges } from './promise-history.ts';
import { judgeRecoveryKits, kitsOfPlaces, recoveryKitPromise } from './recovery-kits.ts';
import { judgeRecovery, recoveryPromise } from './recovery-within-target.ts';
import { judgeRehearsal, rehearsalPromise } from './restore-rehearsed.ts';
import type { PromiseKind, PromiseState } from './schema.ts';
import { type Standing, Standings } from './standing.ts';

type Judged = Omit<KeptPromise, 'since'>;

const evaluateEveryMs = 15_000;

/**
 * Judges every promise from recorded facts and the time alone. Readers get a judgement of this very
 * moment, so that a register that stopped can never show a state that is no longer true; the recorded
 * history follows on every event and on a timer.
 */
export class PromiseRegister {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #events: Emitter<TrustFact>;
  readonly #catalog: Catalog;
  readonly #standings: Standings;
  readonly #offSite: OffSite;
  readonly #kits: KitWatch;
  readonly #book: BookCheck;
  readonly #removals: RemovalCheck;
  readonly #rows: RowCheck;
  readonly #hasSnapshot: (id: string) => Promise<boolean>;
  readonly #held: Held<KeptPromise[]>;
  readonly recurring: Recurring;

  constructor(options: {
    database: Database;
    clock: Clock;
    log: Log;
    events: Emitter<TrustFact>;
    catalog: Catalog;
    runs: Runs;
    recoveries: Recoveries;
    scheduler: Scheduler;
    monitoring: Monitoring;
    offSite: OffSite;
    kits: KitWatch;
    book: BookCheck;
    removals: RemovalCheck;
    rows: RowCheck;
    /** Whether the repository holds a snapshot; rejects when it cannot be reached. */
    hasSnapshot: (id: string) => Promise<boolean>;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#catalog = options.catalog;
    this.#standings = new Standings(options);
    this.#offSite = options.offSite;
    this.#kits = options.kits;
    this.#book = options.book;
    this.#removals = options.removals;
    this.#rows = options.rows;
    this.#hasSnapshot = options.hasSnapshot;
    this.#held = new Held({ ...options, make: () => this.current() });
    this.recurring = new Recurring({
      everyMs: evaluateEveryMs,
      clock: options.clock,
      log: options.log,
      failure: 'promises cannot be evaluated',
      turn: () => this.evaluate(),
    });
  }

  /** Judges all promises and records every change of state. */
  async evaluate(): Promise<KeptPromise[]> {
    const now = instant(this.#clock.now());
    const judged = await this.#judge();
    const changes: PromiseChange[] = [];
    await this.#database.change(async (transaction) => {
      for (const promise of judged) {
        const subjectId = subjectOf(promise);
        const evidence = JSON.stringify(promise.evidence);
        const before = await transaction
          .selectFrom('promises')
          .select(['id', 'state'])
          .where('kind', '=', promise.kind)
          .where('subject_id', '=', subjectId)
          .executeTakeFirst();
        const changed = before?.state !== promise.state;
        const { id } = await transaction
          .insertInto('promises')
          .values({
            kind: promise.kind,
            subject_id: subjectId,
            state: promise.state,
            since: now,
            evaluated_at: now,
            evidence,
          })
          .onConflict((conflict) =>
            conflict.columns(['kind', 'subject_id']).doUpdateSet({
              state: promise.state,
              evaluated_at: now,
              evidence,
              ...(changed ? { since: now } : {}),
            }),
          )
          .returning('id')
          .executeTakeFirstOrThrow();
        if (!changed) continue;
        await transaction
          .insertInto('promise_history')
          .values({
            promise_id: id,
            at: now,
            from_state: before?.state ?? null,
            to_state: promise.state,
            evidence,
          })
          .execute();
        changes.push({
          at: now,
          kind: promise.kind,
          subjectId,
          ...(before === undefined ? {} : { from: before.state }),
          to: promise.state,
          evidence: promise.evidence,
        });
      }
    });
    for (const change of changes) this.#events.emit({ type: 'promise.changed', change });
    return await this.#withSince(judged);
  }

  /** Every promise as it is at this moment; records nothing. */
  async current(): Promise<KeptPromise[]> {
    return await this.#withSince(await this.#judge());
  }

  /** As they are in this second, for the many who ask: never from before a change of this process. */
  async ofThisSecond(): Promise<readonly KeptPromise[]> {
    return await this.#held.get();
  }

  /** Newest first: every change of state ever recorded. */
  async history(limit = 200): Promise<PromiseChange[]> {
    return await allChanges(this.#database, limit);
  }

  /** Of each promise the newest `each` changes since then; newest first, in one query. */
  async recentChanges(range: { since: Instant; each: number }): Promise<PromiseChange[]> {
    return await recentChanges(this.#database, range);
  }

  async #withSince(judged: Judged[]): Promise<KeptPromise[]> {
    const rows = await this.#database.read
      .selectFrom('promises')
      .select(['kind', 'subject_id', 'state', 'since'])
      .execute();
    const known = new Map<string, { state: PromiseState; since: Instant }>(
      rows.map((row) => [key(row.kind, row.subject_id), row]),
    );
    const now = instant(this.#clock.now());
    return judged.map((promise) => {
      const recorded = known.get(key(promise.kind, subjectOf(promise)));
      return { ...promise, since: recorded?.state === promise.state ? recorded.since : now };
    });
  }

  async #judge(): Promise<Judged[]> {
    const now = this.#clock.now();
    const sources = await this.#catalog.sources();
    const standing = await this.#standings.of(sources);
    const offSite = await this.#offSite.ofSources();
    const kits = kitsOfPlaces(await this.#kits.current(), this.#offSite.settings);
    const judged: Judged[] = [];
    for (const service of await this.#catalog.services()) {
      const own = sources.filter((source) => source.serviceId === service.id);
      for (const source of own) judged.push(await this.#freshness(service, source, standing(source.id), now));
      if (this.#offSite.settings.length > 0) {
        for (const source of own) judged.push(offSiteCopy(service, source, offSite(source.id), now));
      }
      for (const source of own) judged.push(rehearsal(service, source, standing(source.id), now));
      judged.push(recovery(service, own, standing, now));
      judged.push({
        kind: 'recovery-kit',
        serviceId: service.id,
        sentence: recoveryKitPromise(service.name),
        ...judgeRecoveryKits(own.length === 0 ? [] : kits),
      });
    }
    const book = await this.#book.current();
    // As long as nothing is kept and nothing was opened, nothing is promised.
    if (book.entries > 0 || book.openings + book.altered > 0) {
      judged.push({ kind: 'opened-by-leave', sentence: openingsPromise, ...judgeOpenings(book) });
    }
    const removals = await this.#removals.current();
    // As long as all is there, nothing needs to be promised.
    if (removals.removals > 0)
      judged.push({ kind: 'audit-log-kept', sentence: removalsPromise, ...judgeRemovals(removals) });
    const rows = judgeRows(await this.#rows.current());
    // The same; from then on it is said that all is well again, too.
    if (rows.state === 'broken' || (await this.#wasPromised('accounts-unaltered')))
      judged.push({ kind: 'accounts-unaltered', sentence: rowsPromise, ...rows });
    return judged;
  }

  async #wasPromised(kind: PromiseKind): Promise<boolean> {
    const known = this.#database.read.selectFrom('promises').select('id').where('kind', '=', kind);
    return (await known.executeTakeFirst()) !== undefined;
  }

  async #freshness(
    service: Service,
    source: ProtectedSource,
    { lastGood, lastRun, lastPassed, lapses }: Standing,
    now: Date,
  ): Promise<Judged> {
    const judgement = judgeFreshness(
      {
        rpoSeconds: source.rpoSeconds,
        protectedSince: source.createdAt,
        sourceKind: source.kind,
        lastGood,
        lastGoodStored: await this.#isStored(lastGood?.snapshotId),
        lastRun,
        lastVerified: lastPassed,
        lapses: lapses.filter(({ lastDueAt }) => lastDueAt > (lastGood?.startedAt ?? '')),
      },
      now,
    );
    return {
      kind: 'backup-fresh',
      serviceId: service.id,
      sourceId: source.id,
      sentence: freshnessPromise(source.name, source.rpoSeconds),
      ...judgement,
    };
  }

  async #isStored(snapshotId: string | undefined): Promise<'yes' | 'no' | 'unknown'> {
    try {
      return snapshotId !== undefined && (await this.#hasSnapshot(snapshotId)) ? 'yes' : 'no';
    } catch {
      // Not an error of ours: the promise says that nobody can tell.
      return 'unknown';
    }
  }
}

function offSiteCopy(
  service: Service,
  source: ProtectedSource,
  known: readonly SourceOffSite[],
  now: Date,
): Judged {
  const repositories = known.map(({ settings, since, copy, lastEnded }) => ({
    place: placeOf(settings),
    since,
    maxAgeSeconds: settings.maxAgeSeconds ?? 2 * source.rpoSeconds,
    copy,
    lastEnded,
  }));
  const maxAgeSeconds = Math.max(...repositories.map((each) => each.maxAgeSeconds));
  return {
    kind: 'off-site-copy',
    serviceId: service.id,
    sourceId: source.id,
    sentence: offSitePromise(source.name, maxAgeSeconds),
    ...judgeOffSiteCopy({ maxAgeSeconds, protectedSince: source.createdAt, repositories }, now),
  };
}

const rehearsal = (
  service: Service,
  source: ProtectedSource,
  { lastPassed, lastEnded }: Standing,
  now: Date,
): Judged => ({
  kind: 'restore-rehearsed',
  serviceId: service.id,
  sourceId: source.id,
  sentence: rehearsalPromise(source.name, service.rehearseSeconds),
  ...judgeRehearsal(
    {
      rehearseSeconds: service.rehearseSeconds,
      rtoSeconds: service.rtoSeconds,
      protectedSince: source.createdAt,
      lastPassed,
      lastEnded,
    },
    now,
  ),
});

function recovery(
  service: Service,
  sources: readonly ProtectedSource[],
  standing: (id: string) => Standing,
  now: Date,
): Judged {
  const parts = sources.map(({ id, name }) => ({ name, ...standing(id) }));
  const judgement = judgeRecovery(
    {
      outages: parts.flatMap(({ outages }) => outages).filter(({ state }) => state !== 'accepted'),
      rtoSeconds: service.rtoSeconds,
      rehearseSeconds: service.rehearseSeconds,
      parts: parts.map(({ name, lastPassed, lastFailed }) => ({
        ...{ name, lastPassed },
        failedSince: (lastFailed?.id ?? 0) > (lastPassed?.id ?? 0),
      })),
      estimate: estimateOf(parts),
    },
    now,
  );
  return {
    kind: 'recovery-within-target',
    serviceId: service.id,
    sentence: recoveryPromise(service.name, service.rtoSeconds),
    ...judgement,
  };
}

const key = (kind: PromiseKind, subjectId: string): string => `${kind} ${subjectId}`;
