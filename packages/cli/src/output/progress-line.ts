import type { ProgressState } from './progress-state.ts';
import { bytes, clock, count } from './quantities.ts';

const amount = (value: number, unit: string): string => (unit === 'bytes' ? bytes(value) : count(value));

/** Estimates before this many seconds have passed are guesses. */
const estimateAfter = 2;

/** By files where nothing has bytes. */
export const shareDone = ({ done, total, files, filesTotal }: ProgressState): number | undefined =>
  shareOf(done, total) ?? (files === undefined ? undefined : shareOf(files, filesTotal));

const shareOf = (done: number, total: number | undefined): number | undefined =>
  total === undefined || total === 0 ? undefined : Math.min(1, done / total);

/** `1.200 GiB of 2.800 GiB, 12 of 40 files`, `12 of 40 packs`, `17 packs`. */
export function amounts({ done, total, unit, files, filesTotal }: ProgressState): string {
  const words = amountOf(done, total, unit);
  return files === undefined ? words : `${words}, ${amountOf(files, filesTotal, 'files')}`;
}

function amountOf(done: number, total: number | undefined, unit: string): string {
  const noun = unit === 'bytes' ? '' : ` ${unit}`;
  return total === undefined || total === 0
    ? `${amount(done, unit)}${noun}`
    : `${amount(done, unit)} of ${amount(total, unit)}${noun}`;
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
