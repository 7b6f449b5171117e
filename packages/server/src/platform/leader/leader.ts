import type { Clock } from '../clock.ts';
import type { Database } from '../database/index.ts';
import type { Log } from '../log.ts';
import type { Recurring } from '../recurring.ts';
import { RecurringTrouble } from '../recurring-trouble.ts';
import { LeaderLease } from './leader-lease.ts';

/** A leader that falls silent for so long is succeeded by another node. */
const leaseMs = 20_000;
const renewEveryMs = 5_000;
/** So long before its lease ends a leader that cannot prolong it stops leading. */
const windingUpMs = 5_000;

/**
 * Work that is done once, however many nodes there are: the node that leads does it, and when that falls silent another
 * one takes it over. Leases compare the clocks of nodes, as those of jobs do.
 */
export class Leader {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lease: LeaderLease;
  readonly #trouble: RecurringTrouble;
  #works: readonly Recurring[] = [];
  #leadsUntil = 0;
  #stop: AbortController | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: { database: Database; clock: Clock; log: Log; name?: string }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#lease = new LeaderLease({ ...options, name: options.name ?? 'leader' });
    this.#trouble = new RecurringTrouble({ ...options, failure: 'no node can be chosen to lead' });
  }

  /** From now on this node does the work whenever it leads. Resolves after the first look. */
  async start(works: readonly Recurring[]): Promise<void> {
    if (this.#loop !== undefined) return;
    this.#works = works;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    await this.#look();
    this.#loop = this.#keep(signal);
  }

  /** Resolves when the turns that are under way have ended, and another node may lead. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#loop;
    this.#loop = undefined;
    const led = this.#leadsUntil > 0;
    await this.#follow();
    // Without a database the lease runs out by itself.
    if (led) await this.#lease.release().catch(() => undefined);
  }

  async #keep(stop: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(renewEveryMs, stop);
      if (stop.aborted) return;
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const asked = this.#clock.now().getTime();
    try {
      const held = await this.#lease.take(leaseMs);
      this.#trouble.over();
      if (!held) return await this.#follow();
      if (this.#leadsUntil === 0) this.#log.info({}, 'this node leads');
      this.#leadsUntil = asked + leaseMs;
      for (const work of this.#works) work.start();
    } catch (error) {
      this.#trouble.met(error);
      if (this.#clock.now().getTime() >= this.#leadsUntil - windingUpMs) await this.#follow();
    }
  }

  async #follow(): Promise<void> {
    if (this.#leadsUntil > 0) this.#log.info({}, 'this node leads no more');
    this.#leadsUntil = 0;
    await Promise.all(this.#works.map((work) => work.stop()));
  }
}
