import type { Run, Runs } from '../backup/index.ts';
import type { ProtectedSource } from '../catalog/index.ts';
import type { Monitoring, Outage } from '../monitoring/index.ts';
import type { Instant, Lapse, Scheduler } from '../platform/index.ts';
import type { Drill, Recoveries } from '../recovery/index.ts';

/** What is recorded of a source, as far as promises rest on it. */
export interface Standing {
  readonly lastGood: Run | undefined;
  readonly lastRun: Run | undefined;
  readonly lastPassed: Drill | undefined;
  readonly lastFailed: Drill | undefined;
  readonly lastEnded: Drill | undefined;
  /** Of its backups, since the last good one; newest first. */
  readonly lapses: readonly Lapse[];
  /** Open ones, and those that ended since all sources of its service passed a drill; newest first. */
  readonly outages: readonly Outage[];
}

/** Reads where sources stand: for a thousand in as many statements as for one. */
export class Standings {
  readonly #runs: Runs;
  readonly #recoveries: Recoveries;
  readonly #scheduler: Scheduler;
  readonly #monitoring: Monitoring;

  constructor(options: { runs: Runs; recoveries: Recoveries; scheduler: Scheduler; monitoring: Monitoring }) {
    this.#runs = options.runs;
    this.#recoveries = options.recoveries;
    this.#scheduler = options.scheduler;
    this.#monitoring = options.monitoring;
  }

  /** Gives each that is asked for, by its id. */
  async of(sources: readonly ProtectedSource[]): Promise<(id: string) => Standing> {
    const ids = sources.map(({ id }) => id);
    const [good, run, passed, failed, interrupted] = await Promise.all([
      this.#runs.lastGoodOf(ids),
      this.#runs.lastOf(ids),
      this.#recoveries.lastDrillsOf(ids, 'passed'),
      this.#recoveries.lastDrillsOf(ids, 'failed'),
      this.#recoveries.lastDrillsOf(ids, 'interrupted'),
    ]);
    const backedUp = new Map(sources.map(({ id, createdAt }) => [id, good.get(id)?.startedAt ?? createdAt]));
    const [lapses, outages] = await Promise.all([
      this.#scheduler.lapsesSince(backedUp),
      this.#monitoring.outages.endedSince(rehearsed(sources, passed)),
    ]);
    return (id) => {
      const [lastPassed, lastFailed] = [passed.get(id), failed.get(id)];
      return {
        ...{ lastGood: good.get(id), lastRun: run.get(id), lastPassed, lastFailed },
        lastEnded: newest([lastPassed, lastFailed, interrupted.get(id)]),
        lapses: (lapses.get(id) ?? []).filter(({ scheduleKind }) => scheduleKind === 'backup'),
        outages: outages.get(id) ?? [],
      };
    };
  }
}

/** By source: when that source of its service was rehearsed whose last passed drill is the oldest. */
function rehearsed(
  sources: readonly ProtectedSource[],
  passed: ReadonlyMap<string, Drill>,
): ReadonlyMap<string, Instant> {
  const services = Map.groupBy(sources, ({ serviceId }) => serviceId);
  return new Map(
    [...services.values()].flatMap((own) => {
      const [oldest = ''] = own.map(({ id }) => passed.get(id)?.startedAt ?? '').sort();
      return own.map(({ id }) => [id, oldest] as const);
    }),
  );
}

const newest = (drills: readonly (Drill | undefined)[]): Drill | undefined =>
  drills.filter((drill) => drill !== undefined).sort((one, other) => other.id - one.id)[0];
