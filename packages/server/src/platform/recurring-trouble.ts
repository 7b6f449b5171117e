import type { Clock } from './clock.ts';
import { describeFailure } from './failure.ts';
import type { Log } from './log.ts';

/** Trouble that lasts is told again so often. */
const againMs = 60_000;

/**
 * What keeps work from being done that is tried again every moment, for the log: told when it begins or becomes
 * another, once a minute while it lasts, and when it is over. A database that is away for an hour is sixty lines.
 */
export class RecurringTrouble {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #failure: string;
  #told: { message: string; at: number } | undefined;
  #times = 0;

  /** `failure`: "the scheduler cannot work". */
  constructor(options: { clock: Clock; log: Log; failure: string }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#failure = options.failure;
  }

  met(error: unknown): void {
    this.#times++;
    const failure = describeFailure(error);
    const now = this.#clock.now().getTime();
    const told = this.#told;
    if (told?.message === failure.message && Math.abs(now - told.at) < againMs) return;
    this.#told = { message: failure.message, at: now };
    this.#log.error({ error: failure, times: this.#times }, this.#failure);
  }

  over(): void {
    if (this.#told === undefined) return;
    this.#log.info({ was: this.#failure, times: this.#times }, 'works again');
    this.#told = undefined;
    this.#times = 0;
  }
}
