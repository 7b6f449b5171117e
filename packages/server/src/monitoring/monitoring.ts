import type { ProbeReport } from '@octobox/sources';
import type { Catalog, ProtectedSource } from '../catalog/index.ts';
import {
  beat,
  type Clock,
  type Database,
  describeFailure,
  type Emitter,
  type Instant,
  type Log,
  lastBeat,
  Recurring,
} from '../platform/index.ts';
import type { MonitoringFact } from './facts.ts';
import { HealthBook } from './health-book.ts';
import { keptFindings, Outages } from './outages.ts';
import type { HealthState } from './schema.ts';

/** Looks at a source and compares it with a snapshot (undefined: only whether it is there). */
export type Prober = (
  source: ProtectedSource,
  referenceSnapshotId: string | undefined,
  signal: AbortSignal,
) => Promise<ProbeReport>;

const beatName = 'monitoring';
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
  readonly health: HealthBook;
  readonly outages: Outages;

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
    this.health = new HealthBook({ ...options, probeTimeoutMs });
    this.outages = new Outages(options);
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

  /** Probes one source now, and keeps the result. `patienceMs`: what has not answered by then is unreachable. */
  async lookAt(source: ProtectedSource, stop: AbortSignal, patienceMs = probeTimeoutMs): Promise<void> {
    const open = await this.outages.openOf(source.id);
    const reference = open?.referenceSnapshotId ?? (await this.#reference(source.id));
    let report: ProbeReport;
    try {
      const timeout = AbortSignal.timeout(patienceMs);
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
    const left = await this.outages.notAccepted(sourceId, referenceSnapshotId, report.findings);
    const findings = left.slice(0, keptFindings);
    const state: HealthState = !report.reachable ? 'unreachable' : findings.length > 0 ? 'damaged' : 'ok';
    const facts: MonitoringFact[] = [];
    await this.#database.change(async (transaction) => {
      const kept = await this.health.keep(transaction, { sourceId, state, findings }, now);
      facts.push({ type: 'source.probed', health: kept.health });
      const outage = await this.outages.keep(transaction, kept, referenceSnapshotId, now);
      if (outage !== undefined) facts.push(outage);
    });
    for (const fact of facts) {
      if (fact.type !== 'source.probed')
        this.#log.warn({ outage: fact.outage.id, source: sourceId }, fact.type);
      this.#events.emit(fact);
    }
  }

  /** A backup of the source shows signs of an intrusion; the last good snapshot from before is compared with. */
  async suspect(
    source: Pick<ProtectedSource, 'id' | 'name'>,
    signs: readonly { readonly summary: string }[],
  ): Promise<void> {
    await this.outages.suspect(source, signs, await this.#reference(source.id));
  }

  async lastBeat(): Promise<Instant | undefined> {
    return await lastBeat(this.#database, beatName);
  }
}
