import type { HealthDay } from '../monitoring/index.ts';
import type { DayReport } from './report.ts';

export const barDays = 90;
/** Down for longer than this share of the observed day is an outage of that day, less is a dent. */
const outageShare = 0.05;

/** The days of `barDays` up to today, oldest first, as `2026-11-23`. */
export function lastDays(now: Date): string[] {
  const today = Math.floor(now.getTime() / 86_400_000);
  return Array.from({ length: barDays }, (_, index) =>
    new Date((today - barDays + 1 + index) * 86_400_000).toISOString().slice(0, 10),
  );
}

/**
 * One bar a day out of the days of all sources of a service. A service is down while any of its sources
 * is; they are watched at the same time, so the longest downtime among them is the service's.
 */
export function dayBars(days: readonly string[], sources: readonly (readonly HealthDay[])[]): DayReport[] {
  const bySource = sources.map((source) => new Map(source.map((day) => [day.day, day])));
  return days.map((day) => {
    const seen = bySource.flatMap((source) => source.get(day) ?? []);
    const down = Math.max(0, ...seen.map(({ downSeconds }) => downSeconds));
    const observed = Math.max(0, ...seen.map(({ upSeconds, downSeconds }) => upSeconds + downSeconds));
    const up = observed - down;
    const state =
      observed === 0 ? 'none' : down === 0 ? 'ok' : down / observed > outageShare ? 'outage' : 'degraded';
    return { day, state, upSeconds: Math.round(up), downSeconds: Math.round(down) };
  });
}

/** Seconds that were observed at all. */
export const observedIn = (days: readonly DayReport[]): number =>
  days.reduce((sum, day) => sum + day.upSeconds + day.downSeconds, 0);

/** Share of the observed time, 0 to 1. */
export function uptimeOf(days: readonly DayReport[]): number | undefined {
  const observed = observedIn(days);
  const down = days.reduce((sum, day) => sum + day.downSeconds, 0);
  return observed === 0 ? undefined : (observed - down) / observed;
}
