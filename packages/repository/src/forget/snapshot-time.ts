/**
 * The time of a snapshot as keep rules see it: an instant in nanoseconds, and the wall clock at the
 * offset the snapshot was written with ("daily" means a day where the backup ran).
 */
import { parseInstant } from '../format/go/instant.ts';
import type { CalendarDuration } from './calendar-duration.ts';

const hour = 3_600_000;
const day = 24 * hour;
const nanosecondsPerMillisecond = 1_000_000n;

export class SnapshotTime {
  /** since 1970, UTC */
  readonly nanoseconds: bigint;
  /** milliseconds that the wall clock is ahead of UTC */
  readonly #offset: number;
  /** The wall clock, kept in a Date's UTC fields. */
  readonly #wall: Date;

  private constructor(nanoseconds: bigint, offset: number) {
    this.nanoseconds = nanoseconds;
    this.#offset = offset;
    // Floors also before 1970, so that the wall clock never rounds into the next hour.
    this.#wall = new Date(Number(floorDivide(nanoseconds, nanosecondsPerMillisecond)) + offset);
  }

  /**
   * @param text RFC 3339, as a snapshot file holds it
   * @throws FormatError
   */
  static parse(text: string): SnapshotTime {
    const nanoseconds = parseInstant(text);
    const offset = /([+-])(\d\d):(\d\d)$/.exec(text);
    const minutes = offset === null ? 0 : Number(offset[2]) * 60 + Number(offset[3]);
    return new SnapshotTime(nanoseconds, (offset?.[1] === '-' ? -minutes : minutes) * 60_000);
  }

  get hourNumber(): number {
    return this.dayNumber * 100 + this.#wall.getUTCHours();
  }

  get dayNumber(): number {
    return this.monthNumber * 100 + this.#wall.getUTCDate();
  }

  get monthNumber(): number {
    return this.year * 100 + this.#wall.getUTCMonth() + 1;
  }

  get year(): number {
    return this.#wall.getUTCFullYear();
  }

  /** ISO 8601: weeks begin on Monday, and a week belongs to the year of its Thursday. */
  get weekNumber(): number {
    const weekday = (this.#wall.getUTCDay() + 6) % 7;
    const thursday = new Date(this.#wall.getTime() + (3 - weekday) * day);
    const newYear = dateOf(thursday.getUTCFullYear(), 0, 1);
    return thursday.getUTCFullYear() * 100 + Math.floor((thursday.getTime() - newYear) / (7 * day)) + 1;
  }

  /**
   * The instant that lies the duration before this one, as Go's `AddDate` computes it: days that a month
   * does not have run over into the next month (31 March minus one month is 3 March).
   */
  minus(duration: CalendarDuration): bigint {
    const wall = this.#wall;
    const midnight = dateOf(
      wall.getUTCFullYear() - duration.years,
      wall.getUTCMonth() - duration.months,
      wall.getUTCDate() - duration.days,
    );
    const sinceMidnight =
      this.nanoseconds - BigInt(wall.getTime() - this.#offset - timeOfDay(wall)) * nanosecondsPerMillisecond;
    return (
      BigInt(midnight - this.#offset - duration.hours * hour) * nanosecondsPerMillisecond + sinceMidnight
    );
  }
}

const timeOfDay = (date: Date): number => ((date.getTime() % day) + day) % day;

/** The earliest moment a Date can hold; what lies before it stands for "always". */
const earliestDate = -8_640_000_000_000_000;

/** Milliseconds of a midnight in UTC. `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function dateOf(year: number, month: number, dayOfMonth: number): number {
  const milliseconds = new Date(0).setUTCFullYear(year, month, dayOfMonth);
  return Number.isNaN(milliseconds) ? earliestDate : milliseconds;
}

const floorDivide = (a: bigint, b: bigint): bigint => (a < 0n && a % b !== 0n ? a / b - 1n : a / b);
