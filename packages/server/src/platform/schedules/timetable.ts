import { Cron } from 'croner';
import { parseDuration } from '../duration.ts';
import { ServerError } from '../errors.ts';

/** When something is due. Pure: the same question has the same answer, whatever the time is. */
export interface Timetable {
  /** For people: "every 1h", "0 3 * * * (Europe/Berlin)". */
  readonly description: string;
  /** Seconds between two due times; of a calendar rule the shortest of the next few. */
  readonly intervalSeconds: number;
  /** The first due time after `time`. */
  next(time: Date): Date;
  /** Due times after `from` up to and including `to`: how many, the first and the last. */
  within(from: Date, to: Date): { count: number; first: Date; last: Date } | undefined;
}

export class ScheduleError extends ServerError {
  /** That held it; undefined where nobody said. */
  readonly field: string | undefined;
  readonly #expression: string;
  readonly #detail: string;

  constructor(expression: string, detail: string, options: { cause?: unknown; field?: string } = {}) {
    super('server.schedule', `"${expression}" is no schedule: ${detail}`, {
      ...options,
      advice: 'Write "every 1h", or five cron fields with a time zone: "0 3 * * * Europe/Berlin".',
    });
    this.field = options.field;
    this.#expression = expression;
    this.#detail = detail;
  }

  /** The same, of the field that held it. */
  of(field: string): ScheduleError {
    return new ScheduleError(this.#expression, this.#detail, { cause: this, field });
  }
}

/**
 * Reads `every <duration>` or five cron fields, optionally followed by an IANA time zone (default UTC).
 * A calendar time that the change to summer time skips is due once, right after the gap; one that the
 * change back repeats is due once, at its first appearance. Intervals are counted in real time.
 */
export function parseTimetable(expression: string, anchor: Date): Timetable {
  const every = /^every\s+(\S+)$/i.exec(expression.trim());
  if (every !== null) {
    const seconds = parseDuration(every[1] ?? '');
    if (seconds === undefined)
      throw new ScheduleError(expression, `"${every[1]}" is no duration such as 30m or 6h`);
    return intervalTimetable(seconds, anchor);
  }
  const fields = expression.trim().split(/\s+/);
  const zone = fields.length === 6 ? fields.pop() : 'UTC';
  if (fields.length !== 5 || zone === undefined)
    throw new ScheduleError(expression, 'it has not five fields');
  return calendarTimetable(expression, fields.join(' '), zone);
}

function intervalTimetable(seconds: number, anchor: Date): Timetable {
  const step = seconds * 1_000;
  const start = anchor.getTime();
  const nextAfter = (time: number): number => start + (Math.floor((time - start) / step) + 1) * step;
  return {
    description: `every ${shortest(seconds)}`,
    intervalSeconds: seconds,
    next: (time) => new Date(nextAfter(time.getTime())),
    within(from, to) {
      const first = nextAfter(from.getTime());
      if (first > to.getTime()) return undefined;
      const count = Math.floor((to.getTime() - first) / step) + 1;
      return { count, first: new Date(first), last: new Date(first + (count - 1) * step) };
    },
  };
}

/** Of years of absence the exact number of missed minutes is worth nothing. */
const countedOccurrences = 100_000;

function calendarTimetable(expression: string, pattern: string, zone: string): Timetable {
  let cron: Cron;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    cron = new Cron(pattern, { timezone: zone, paused: true });
  } catch (error) {
    throw new ScheduleError(expression, (error as Error).message, { cause: error });
  }
  const next = (time: Date): Date => {
    const due = cron.nextRun(time);
    if (due === null) throw new ScheduleError(expression, 'it is never due again');
    return due;
  };
  let shortestGap = Number.POSITIVE_INFINITY;
  for (let time = next(new Date('2026-01-01T00:00:00Z')), i = 0; i < 8; i++) {
    const following = next(time);
    shortestGap = Math.min(shortestGap, following.getTime() - time.getTime());
    time = following;
  }
  return {
    description: `${pattern} (${zone})`,
    intervalSeconds: shortestGap / 1_000,
    next,
    within(from, to) {
      const first = next(from);
      if (first > to) return undefined;
      let last = first;
      let count = 1;
      for (let due = next(first); due <= to; due = next(due)) {
        last = due;
        count++;
        if (count >= countedOccurrences) break;
      }
      return { count, first, last };
    },
  };
}

function shortest(seconds: number): string {
  for (const [unit, size] of [
    ['w', 604_800],
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const) {
    if (seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
