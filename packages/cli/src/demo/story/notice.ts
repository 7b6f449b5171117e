import type { Incident, Outage } from '@octobox/server';
import type { Scene } from './scene.ts';
import { StepFailedError } from './step-failed.ts';

/** Longer than several rounds of the monitoring; a platform that has not noticed by then will not. */
const patience = 60_000;

/**
 * Listens to what the platform finds out by itself. Created before the disaster, so that nothing it says
 * is missed, and never telling it anything.
 */
export class Notice implements Disposable {
  readonly #scene: Scene;
  readonly #outages = new Map<string, Outage>();
  readonly #incidents = new Map<number, Incident>();
  readonly #stopListening: (() => void)[];
  #changed: () => void = () => undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
    const { events } = scene.platform;
    const keepOutage = ({ outage }: { outage: Outage }) => {
      this.#outages.set(outage.sourceId, outage);
      this.#changed();
    };
    const keepIncident = ({ incident }: { incident: Incident }) => {
      this.#incidents.set(incident.id, incident);
      this.#changed();
    };
    this.#stopListening = [
      events.on('outage.started', keepOutage),
      events.on('outage.ended', keepOutage),
      events.on('incident.opened', keepIncident),
      events.on('incident.updated', keepIncident),
      events.on('incident.resolved', keepIncident),
    ];
  }

  /** The outages of all these sources. */
  outages(sourceIds: readonly string[]): Promise<Outage[]> {
    return this.#when('Octobox did not notice everything that is gone', () => {
      const found = sourceIds.flatMap((id) => this.#outages.get(id) ?? []);
      return found.length === sourceIds.length ? found : undefined;
    });
  }

  /** The incident as it is once it satisfies the condition. */
  incident(otherwise: string, wanted: (incident: Incident) => boolean): Promise<Incident> {
    return this.#when(otherwise, () => [...this.#incidents.values()].find(wanted));
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stopListening) stop();
  }

  async #when<T>(otherwise: string, look: () => T | undefined): Promise<T> {
    const { signal } = this.#scene;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const aborted = new Promise<void>((resolve) => {
      limit.addEventListener('abort', () => resolve(), { once: true });
    });
    for (;;) {
      signal.throwIfAborted();
      const found = look();
      if (found !== undefined) return found;
      if (limit.aborted) throw new StepFailedError('disaster', `${otherwise} within ${patience / 1000} s`);
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      await Promise.race([changed, aborted]);
    }
  }
}
