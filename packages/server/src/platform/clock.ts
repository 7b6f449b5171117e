import { setTimeout as realDelay } from 'node:timers/promises';

import type { Instant } from './schema.ts';

export type { Instant };

/** Everything that needs the time takes a clock, so that a test can move it. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or at once when the signal is aborted; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    // A timer's greatest delay is 2^31-1 ms; sleepers look at the time again when they wake.
    const delay = Math.min(Math.max(0, ms), 2 ** 31 - 1);
    await realDelay(delay, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

export const instant = (date: Date): Instant => date.toISOString();

/** Milliseconds from `from` to `to`; negative when `to` lies before. */
export const millisecondsBetween = (from: Instant, to: Instant): number => Date.parse(to) - Date.parse(from);
