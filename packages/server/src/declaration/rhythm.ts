import { parseTimetable } from '../platform/index.ts';
import type { DeclaredSource } from './declared.ts';

export const onDemand = 'on demand';

/** Below it a run of even a small source meets the one before it, and each meeting is recorded as a lapse. */
export const leastInterval = 10;

/** The policy: databases every hour, files every six. */
export const defaultSchedule = (kind: DeclaredSource['kind']): string =>
  kind === 'files' ? 'every 6h' : 'every 1h';

/**
 * One spelling: `1h` and `Every 1h` are `every 1h`, `on demand` is `null`.
 * @throws ScheduleError for what is none
 */
export function readRhythm(text: string): string | null {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  if (trimmed.toLowerCase() === onDemand) return null;
  const interval = /^(?:every )?(\S+)$/i.exec(trimmed)?.[1];
  const expression = interval === undefined ? trimmed : `every ${interval}`;
  parseTimetable(expression, new Date(0));
  return expression;
}

/** Seconds between two runs; undefined for a timetable. */
export const intervalOf = (rhythm: string | null): number | undefined =>
  rhythm?.startsWith('every ') ? parseTimetable(rhythm, new Date(0)).intervalSeconds : undefined;

/** What is wrong with the rhythm of a source's backups, undefined: nothing. */
export function tooShort(rhythm: string | null): string | undefined {
  const interval = intervalOf(rhythm);
  return interval === undefined || interval >= leastInterval
    ? undefined
    : `"schedule": the shortest interval for backups is ${leastInterval}s`;
}

/** What is backed up less often than its service asks is held to its own rhythm. */
export function defaultRpo(rhythm: string | null, serviceRpo: number): number | null {
  const interval = intervalOf(rhythm) ?? 0;
  return interval > serviceRpo ? interval : null;
}
