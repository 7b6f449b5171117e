/**
 * Which snapshots a set of keep rules keeps, with restic's meaning.
 *
 * Snapshots are taken from the newest to the oldest. A counted rule (last, hourly … yearly) keeps the
 * newest snapshot of each period until its count is used up; a "within" rule keeps those that are younger
 * than a duration, counted back from the newest snapshot that is not in the future. The oldest snapshot
 * is kept too while a rule has counts left, so that the history reaches as far back as it can.
 */
import {
  type CalendarDuration,
  formatDuration,
  InvalidDurationError,
  isNegative,
  isZero,
  parseDuration,
} from './calendar-duration.ts';
import { InvalidKeepCountError } from './forget-errors.ts';
import { SnapshotTime } from './snapshot-time.ts';

/** How many to keep; `unlimited` keeps all, 0 none. */
export type KeepCount = number | 'unlimited';

export interface KeepPolicy {
  readonly keepLast?: KeepCount;
  readonly keepHourly?: KeepCount;
  readonly keepDaily?: KeepCount;
  /** by ISO weeks */
  readonly keepWeekly?: KeepCount;
  readonly keepMonthly?: KeepCount;
  readonly keepYearly?: KeepCount;
  /** `1y5m7d2h`, counted back from the newest snapshot of the group */
  readonly keepWithin?: string | CalendarDuration;
  readonly keepWithinHourly?: string | CalendarDuration;
  readonly keepWithinDaily?: string | CalendarDuration;
  readonly keepWithinWeekly?: string | CalendarDuration;
  readonly keepWithinMonthly?: string | CalendarDuration;
  readonly keepWithinYearly?: string | CalendarDuration;
  /** Keeps snapshots that have all tags of one of the lists; an empty tag stands for "no tags at all". */
  readonly keepTags?: readonly (readonly string[])[];
}

interface Keepable {
  readonly time: string;
  readonly tags?: readonly string[] | undefined;
}

export interface Kept<S> {
  readonly snapshot: S;
  /** The rules that keep it, in restic's words: "daily snapshot", "within 7d" … */
  readonly reasons: readonly string[];
}

export interface KeepDecision<S> {
  /** newest first, as `remove` */
  readonly keep: readonly Kept<S>[];
  readonly remove: readonly S[];
}

type Period = (time: SnapshotTime, position: number) => number;

interface CountRule {
  left: number;
  readonly period: Period;
  lastPeriod: number;
  readonly reason: string;
}

interface WithinRule {
  readonly since: bigint;
  readonly period: Period;
  lastPeriod: number;
  readonly reason: string;
  readonly duration: string;
}

const everyOne: Period = (_, position) => position;
const hourly: Period = (time) => time.hourNumber;
const daily: Period = (time) => time.dayNumber;
const weekly: Period = (time) => time.weekNumber;
const monthly: Period = (time) => time.monthNumber;
const yearly: Period = (time) => time.year;

const noPeriod = -1;

/** True when no rule is given: such a policy would keep nothing. */
export function isEmptyPolicy(policy: KeepPolicy): boolean {
  const counts = countsOf(policy).some(([count]) => count !== 0);
  const durations = [policy.keepWithin, ...withinsOf(policy).map(([duration]) => duration)];
  return !counts && !durations.some((d) => !isZero(durationOf(d))) && (policy.keepTags ?? []).length === 0;
}

/**
 * @param now snapshots younger than this do not move the point that "within" rules count back from
 * @throws InvalidDurationError, InvalidKeepCountError
 */
export function applyPolicy<S extends Keepable>(
  snapshots: readonly S[],
  policy: KeepPolicy,
  now: Date = new Date(),
): KeepDecision<S> {
  const list = snapshots
    .map((snapshot) => ({ snapshot, time: SnapshotTime.parse(snapshot.time) }))
    .sort((a, b) =>
      a.time.nanoseconds < b.time.nanoseconds ? 1 : a.time.nanoseconds > b.time.nanoseconds ? -1 : 0,
    );
  const nowNanoseconds = BigInt(now.getTime()) * 1_000_000n;
  const latest = list.find(({ time }) => time.nanoseconds < nowNanoseconds)?.time ?? yearOne;

  const counted: CountRule[] = countsOf(policy).map(([left, period, reason]) => ({
    left,
    period,
    reason,
    lastPeriod: noPeriod,
  }));
  const within: WithinRule[] = withinsOf(policy)
    .map(([text, period, reason]) => ({ duration: durationOf(text), period, reason, lastPeriod: noPeriod }))
    .filter(({ duration }) => !isZero(duration))
    .map((rule) => ({
      ...rule,
      since: latest.minus(rule.duration),
      duration: formatDuration(rule.duration),
    }));
  const all = durationOf(policy.keepWithin);
  const allSince = isZero(all) ? undefined : latest.minus(all);

  const keep: Kept<S>[] = [];
  const remove: S[] = [];
  list.forEach(({ snapshot, time }, position) => {
    const isOldest = position === list.length - 1;
    const reasons = tagReasons(snapshot, policy);
    if (allSince !== undefined && time.nanoseconds > allSince) reasons.push(`within ${formatDuration(all)}`);
    for (const rule of counted) {
      if (rule.left === 0) continue;
      const reason = askRule(rule, time, position, isOldest);
      if (reason === undefined) continue;
      if (rule.left > 0) rule.left--;
      reasons.push(reason);
    }
    for (const rule of within) {
      if (time.nanoseconds <= rule.since) continue;
      const reason = askRule(rule, time, position, isOldest);
      if (reason !== undefined) reasons.push(`${reason} ${rule.duration}`);
    }
    if (reasons.length > 0) keep.push({ snapshot, reasons });
    else remove.push(snapshot);
  });
  return { keep, remove };
}

/** Go's zero time, the first of January of the year 1: nothing is older. */
const yearOne = SnapshotTime.parse('0001-01-01T00:00:00Z');

function askRule(
  rule: { readonly period: Period; lastPeriod: number; readonly reason: string },
  time: SnapshotTime,
  position: number,
  isOldest: boolean,
): string | undefined {
  const period = rule.period(time, position);
  const isNew = period !== rule.lastPeriod;
  if (!isNew && !isOldest) return undefined;
  rule.lastPeriod = period;
  return isNew ? rule.reason : `oldest ${rule.reason}`;
}

function tagReasons(snapshot: Keepable, policy: KeepPolicy): string[] {
  return (policy.keepTags ?? [])
    .filter((list) => hasTags(snapshot, list))
    .map((list) => `has tags [${list.join(', ')}]`);
}

function hasTags(snapshot: Keepable, wanted: readonly string[]): boolean {
  const tags = snapshot.tags ?? [];
  for (const tag of wanted) {
    if (tag === '' && tags.length === 0) return true;
    if (!tags.includes(tag)) return false;
  }
  return true;
}

const countsOf = (policy: KeepPolicy): [number, Period, string][] => [
  [countOf(policy.keepLast), everyOne, 'last snapshot'],
  [countOf(policy.keepHourly), hourly, 'hourly snapshot'],
  [countOf(policy.keepDaily), daily, 'daily snapshot'],
  [countOf(policy.keepWeekly), weekly, 'weekly snapshot'],
  [countOf(policy.keepMonthly), monthly, 'monthly snapshot'],
  [countOf(policy.keepYearly), yearly, 'yearly snapshot'],
];

const withinsOf = (policy: KeepPolicy): [string | CalendarDuration | undefined, Period, string][] => [
  [policy.keepWithinHourly, hourly, 'hourly within'],
  [policy.keepWithinDaily, daily, 'daily within'],
  [policy.keepWithinWeekly, weekly, 'weekly within'],
  [policy.keepWithinMonthly, monthly, 'monthly within'],
  [policy.keepWithinYearly, yearly, 'yearly within'],
];

function countOf(count: KeepCount | undefined): number {
  if (count === 'unlimited') return Number.POSITIVE_INFINITY;
  const number = count ?? 0;
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidKeepCountError(number);
  return number;
}

const nothing: CalendarDuration = { years: 0, months: 0, days: 0, hours: 0 };

function durationOf(given: string | CalendarDuration | undefined): CalendarDuration {
  const duration = typeof given === 'string' ? parseDuration(given) : (given ?? nothing);
  if (isNegative(duration)) throw new InvalidDurationError(formatDuration(duration), 'it is negative');
  return duration;
}
