import { recoveryConfirmations } from './monitoring/index.ts';
import { describeFailure } from './platform/index.ts';
import { planRetention } from './retention-planning.ts';
import type { Rooms } from './rooms.ts';

const confirmTimeoutMs = 60_000;

/** Draws what follows in one room from what happened in another: one after the other, in the order of the facts. */
export class Consequences {
  readonly #rooms: Rooms;
  #drawn: Promise<unknown> = Promise.resolve();

  /** Listens from now on. */
  constructor(rooms: Rooms) {
    this.#rooms = rooms;
    const { events, desk, promises, offSite, firstRuns } = rooms;
    for (const change of ['outage.started', 'outage.ended'] as const) {
      events.on(change, () => {
        this.#then(() => desk.reconcile());
        this.#then(() => promises.evaluate());
      });
    }
    events.on('restore.started', ({ restore }) => this.#then(() => desk.restoreBegan(restore)));
    events.on('restore.finished', ({ restore }) =>
      this.#then(async () => {
        await desk.restoreEnded(restore);
        if (restore.state === 'passed') await this.#confirmRecovery(restore.sourceId);
        await desk.reconcile();
      }),
    );
    events.on('run.finished', ({ run }) => {
      this.#then(() => promises.evaluate());
      if (run.state !== 'succeeded') return;
      this.#then(() => planRetention(rooms));
      this.#then(() => offSite.request('backup'));
      if (firstRuns.wanted) this.#then(() => firstRuns.request());
    });
    events.on('mirror.finished', ({ mirror }) =>
      this.#then(async () => {
        // A backup that ended while it ran is not in it; a failure has its own attempts, and waits for the next turn.
        if (mirror.state === 'succeeded' && (await this.#backedUpSince(mirror.startedAt))) {
          await offSite.request('backup');
        }
        await promises.evaluate();
      }),
    );
    events.on('kit.changed', () => this.#then(() => promises.evaluate()));
    events.on('drill.finished', () => this.#then(() => promises.evaluate()));
    events.on('schedule.lapsed', () => this.#then(() => promises.evaluate()));
  }

  /** Resolves when everything that follows from what happened so far has been drawn. */
  async settled(): Promise<void> {
    await this.#drawn;
  }

  #then(work: () => Promise<unknown>): void {
    this.#drawn = this.#drawn
      .then(work)
      .catch((error: unknown) =>
        this.#rooms.log.error({ error: describeFailure(error) }, 'a consequence could not be drawn'),
      );
  }

  async #backedUpSince(at: string): Promise<boolean> {
    return (await this.#rooms.runs.list({ limit: 20 })).some(({ finishedAt = '' }) => finishedAt > at);
  }

  /** What was verified need not wait for the next two rounds of the monitoring. */
  async #confirmRecovery(sourceId: string): Promise<void> {
    const { catalog, monitoring } = this.#rooms;
    const source = await catalog.source(sourceId);
    await monitoring.outages.settleSuspicion(sourceId);
    for (let look = 0; look < recoveryConfirmations; look++) {
      await monitoring.lookAt(source, AbortSignal.timeout(confirmTimeoutMs));
    }
  }
}
