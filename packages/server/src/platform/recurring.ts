import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import { RecurringTrouble } from './recurring-trouble.ts';

export interface RecurringOptions {
  /** Milliseconds from the beginning of one turn to the next; a turn that takes longer is followed at once. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** For the log when a turn fails: "the scheduler cannot work". */
  readonly failure: string;
  /** One turn. The signal is aborted when the work is to stop. */
  readonly turn: (stop: AbortSignal) => Promise<unknown>;
}

/** A little air between two turns, however long one took. */
const leastPauseMs = 100;

/** Work that is done again and again until it is stopped. It outlives a turn that fails: a full disk may pass. */
export class Recurring {
  readonly #options: RecurringOptions;
  #stop: AbortController | undefined;
  #turns: Promise<void> | undefined;

  constructor(options: RecurringOptions) {
    this.#options = options;
  }

  get started(): boolean {
    return this.#turns !== undefined;
  }

  start(): void {
    if (this.#turns !== undefined) return;
    this.#stop = new AbortController();
    this.#turns = this.#run(this.#stop.signal);
  }

  /** Resolves when the turn that is under way has ended. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#turns;
    this.#turns = undefined;
  }

  async #run(stop: AbortSignal): Promise<void> {
    const { everyMs, clock, turn } = this.#options;
    const trouble = new RecurringTrouble(this.#options);
    while (!stop.aborted) {
      const began = clock.now().getTime();
      try {
        await turn(stop);
        trouble.over();
      } catch (error) {
        trouble.met(error);
      }
      const took = Math.max(0, clock.now().getTime() - began);
      await clock.sleep(Math.max(leastPauseMs, everyMs - took), stop);
    }
  }
}
