/** Durations as restic's keep rules write them: `1y5m7d2h`, years, months, days and hours. */
import { RepositoryError } from '../errors.ts';

export interface CalendarDuration {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

export class InvalidDurationError extends RepositoryError {
  constructor(text: string, problem: string) {
    super('repository.invalid-duration', `invalid duration ${JSON.stringify(text)}: ${problem}`, {
      advice: 'Write years, months, days and hours, for example 1y5m7d2h.',
    });
  }
}

const units = { y: 'years', m: 'months', d: 'days', h: 'hours' } as const;

/**
 * Units may come in any order; a unit given twice counts once, the last time. Numbers may be negative.
 * @throws InvalidDurationError
 */
export function parseDuration(text: string): CalendarDuration {
  const duration = { years: 0, months: 0, days: 0, hours: 0 };
  const trimmed = text.trim();
  const part = /(-?[0-9]+)(.)?/suy;
  while (part.lastIndex < trimmed.length) {
    const match = part.exec(trimmed);
    if (match === null) throw new InvalidDurationError(text, 'a number is expected');
    const unit = match[2];
    if (unit === undefined) throw new InvalidDurationError(text, `no unit after ${match[1]}`);
    if (!isUnit(unit)) throw new InvalidDurationError(text, `unknown unit ${JSON.stringify(unit)}`);
    duration[units[unit]] = Number(match[1]);
  }
  return duration;
}

const isUnit = (letter: string): letter is keyof typeof units => Object.hasOwn(units, letter);

/** The shortest form, largest unit first; empty for a duration of nothing. */
export function formatDuration(duration: CalendarDuration): string {
  return (['y', 'm', 'd', 'h'] as const)
    .map((unit) => (duration[units[unit]] === 0 ? '' : `${duration[units[unit]]}${unit}`))
    .join('');
}

export const isZero = (duration: CalendarDuration): boolean =>
  duration.years === 0 && duration.months === 0 && duration.days === 0 && duration.hours === 0;

export const isNegative = (duration: CalendarDuration): boolean =>
  duration.years < 0 || duration.months < 0 || duration.days < 0 || duration.hours < 0;
