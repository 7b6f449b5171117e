import type { ProgressState } from './progress-state.ts';
import { bytes, clock, count } from './quantities.ts';

const amount = (value: number, unit: string): string => (unit === 'bytes' ? bytes(value) : count(value));

/** Estimates before this many seconds have passed are guesses. */
const estimateAfter = 2;

export const shareDone = (state: ProgressState): number | undefined =>
  state.total === undefined || state.total === 0 ? undefined : Math.min(1, state.done / state.total);

/** `1.200 GiB of 2.800 GiB`, `12 of 40 packs`, `17 packs`. */
export function amounts(state: ProgressState): string {
  const noun = state.unit === 'bytes' ? '' : ` ${state.unit}`;
  const done = amount(state.done, state.unit);
  return shareDone(state) === undefined
    ? `${done}${noun}`
    : `${done} of ${amount(state.total ?? 0, state.unit)}${noun}`;
}

/** `0:12, about 0:16 left` */
export function timing(state: ProgressState, seconds: number): string {
  const share = shareDone(state);
  const isEstimated = share !== undefined && share > 0 && share < 1 && seconds >= estimateAfter;
  return isEstimated
    ? `${clock(seconds)}, about ${clock((seconds * (1 - share)) / share)} left`
    : clock(seconds);
}

/** One plain line for a log: `reading files: 43.2%, 1.200 GiB of 2.800 GiB, 0:12, about 0:16 left`. */
export function progressLine(state: ProgressState, seconds: number): string {
  const share = shareDone(state);
  const percentage = share === undefined ? '' : `${(share * 100).toFixed(1)}%, `;
  return `${state.step}: ${percentage}${amounts(state)}, ${timing(state, seconds)}`;
}
