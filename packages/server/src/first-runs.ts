import { backupRequest, type Runs } from './backup/index.ts';
import type { Catalog } from './catalog/index.ts';
import { type Clock, type JobQueue, type Log, Recurring } from './platform/index.ts';
import { drillRequest, type Recoveries } from './recovery/index.ts';

/** Sources may be added by another process at any time. */
const lookEveryMs = 60_000;
const reason = 'first';

/**
 * A new source need not wait for its first due time: it is backed up at once, and that backup is rehearsed
 * at once. Both follow from what is recorded, so a crash in between changes nothing.
 *
 *     no run ever → first backup → good, and no drill ever → first drill → the schedules alone
 */
export class FirstRuns {
  readonly #catalog: Catalog;
  readonly #runs: Runs;
  readonly #recoveries: Recoveries;
  readonly #jobs: JobQueue;
  readonly recurring: Recurring;
  /** Whether this process asks for them as soon as something has ended, also when another one leads. */
  wanted = false;

  constructor(parts: {
    catalog: Catalog;
    runs: Runs;
    recoveries: Recoveries;
    jobs: JobQueue;
    clock: Clock;
    log: Log;
  }) {
    this.#catalog = parts.catalog;
    this.#runs = parts.runs;
    this.#recoveries = parts.recoveries;
    this.#jobs = parts.jobs;
    this.recurring = new Recurring({
      everyMs: lookEveryMs,
      clock: parts.clock,
      log: parts.log,
      failure: 'first runs cannot be requested',
      turn: () => this.request(),
    });
  }

  /** Puts what is missing in the queue; what is in the queue already stays there once. */
  async request(): Promise<void> {
    for (const { id: sourceId, schedule, drillSchedule } of await this.#catalog.sources()) {
      const [run] = await this.#runs.list({ sourceId, limit: 1 });
      if (run === undefined) {
        if (schedule !== undefined) await this.#jobs.enqueue(backupRequest({ sourceId, reason }));
        continue;
      }
      if (drillSchedule === undefined || (await this.#runs.lastGood(sourceId)) === undefined) continue;
      const [drill] = await this.#recoveries.drills({ sourceId, limit: 1 });
      if (drill === undefined) await this.#jobs.enqueue(drillRequest({ sourceId, reason }));
    }
  }
}
